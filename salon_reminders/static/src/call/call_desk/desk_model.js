import {DeskServer} from "./desk_server";
import {NoteKeeper} from "./note_keeper";
import {Outbox} from "./outbox";
import {QueueModel} from "./queue_model";
import {Reactive} from "@web/core/utils/reactive";
import {browser} from "@web/core/browser/browser";
import {isAside} from "./outcome_values";
import {pick} from "@web/core/utils/objects";
import {uuid} from "@web/core/utils/strings";

const RETRY_MS = 3000;
const RENEW_MS = 60000;

/**
 * The call that is open on the desk: its card, its claim, what came of it.
 *
 * The queue beside it is in `queue`, the last answer of the server in `server`, and
 * what the server has not answered yet in `outbox`.
 */
export class DeskModel extends Reactive {
    constructor(orm, notify) {
        super();
        this.notify = notify;
        this.server = new DeskServer(orm);
        this.outbox = new Outbox();
        this.notes = new NoteKeeper();
        this.queue = new QueueModel(this.server);
        this.outcomes = [];
        this.reasons = [];
        this.stylists = [];
        this.limits = {};
        // Of the salon; the browser may be anywhere.
        this.timezone = "";
        this.ready = false;
        this.card = null;
        this.note = "";
        this.question = "";
        this.form = null;
        // The letter that was pressed and may still become a word.
        this.pressedKey = "";
        this.isExpired = false;
        this.lastTouch = 0;
        this.skippedIds = [];
        // Why nobody who is left may be called at this hour.
        this.held = "";
        this.loggedToken = "";
    }

    async open() {
        const data = await this.server.call("open_desk", [this.queue.scope]);
        const kept = ["currency_id", "timezone", "outcomes", "reasons", "stylists"];
        Object.assign(this, pick(data, "limits", ...kept));
        Object.assign(this.queue, {companyId: data.company_id, limits: data.limits});
        this.queue.apply(data);
        this.ready = true;
        for (const order of this.outbox.getKept()) {
            await this.send(order);
        }
    }

    /** Nothing is begun before it is known what became of the last outcome. */
    get isBusy() {
        return this.server.busy || Boolean(this.outbox.pending);
    }

    isOpen(callId) {
        return Boolean(this.card) && this.card.id === callId;
    }

    /** Brings the queue, and with it the card, up to date. */
    async follow() {
        const changedIds = await this.queue.follow();
        if (this.card && changedIds.includes(this.card.id) && !this.isBusy) {
            await this.freshen(this.card);
        }
    }

    async freshen({id, promotions: before}) {
        const fresh = await this.server.call("show_call", [id]);
        if (this.isOpen(id)) {
            // The same object: an answer that is on its way is written into it.
            const {proposals, script, promotions, needs, services} = this.card;
            const newer = promotions === before ? {} : {promotions};
            // What was logged in another window is taken over when the call is.
            const {attempt_id} = this.card;
            this.isExpired = this.isExpired || fresh.card.attempt_id > attempt_id;
            const kept = {proposals, script, attempt_id};
            Object.assign(this.card, fresh.card, kept, newer);
            if (fresh.card.needs !== needs) {
                this.dropServices(services);
                await this.loadTimes(id);
            }
        }
    }

    /** What is booked meanwhile is not booked again by the form that is open. */
    dropServices(before) {
        const {product_ids: chosen} = (this.form && this.form.values) || {};
        if (chosen) {
            const left = new Set(this.card.services.map(({id}) => id));
            const gone = before.filter(({id}) => !left.has(id)).map(({id}) => id);
            this.form.values.product_ids = chosen.filter((id) => !gone.includes(id));
        }
    }

    // ---- one call ----

    async take(callId) {
        if (!callId || this.isBusy) {
            return false;
        }
        const answer = await this.server.step("take_call", [callId]);
        if (answer && answer.taken_by) {
            this.notify(answer.taken_by, "taken");
            await this.queue.refresh();
            return false;
        }
        if (answer) {
            this.showCard(answer.card);
            this.queue.markClaim(callId);
        }
        return Boolean(answer);
    }

    /** Leaves this client for later, after all the others. */
    async putOff() {
        if (this.card && !this.isBusy) {
            this.skippedIds.push(this.card.id);
        }
        await this.takeNext();
    }

    async takeNext() {
        if (this.isBusy) {
            return;
        }
        const skipIds = this.skippedIds;
        const args = [this.queue.scope];
        const answer = await this.server.step("take_next", args, {skip_ids: skipIds});
        if (!answer) {
            return;
        }
        if (!answer.card && skipIds.length) {
            this.skippedIds = [];
            return this.takeNext();
        }
        this.showCard(answer.card || null);
        this.held = answer.held || "";
        this.queue.markClaim(answer.card && answer.card.id);
        if (!answer.card) {
            await this.queue.refresh();
        }
    }

    showCard(card) {
        this.card = card;
        this.note = card ? this.notes.get(card.id) : "";
        this.isExpired = false;
        this.closeForm();
        if (card) {
            this.queue.selectedId = card.id;
            this.loadTimes(card.id);
        }
    }

    keepNote() {
        this.notes.keep(this.card.id, this.note);
    }

    /** A word that was typed outside of the note; returns whether there is one. */
    addToNote(text) {
        const isOpen = Boolean(this.card) && this.card.state === "open";
        if (isOpen) {
            const space = this.note && !/\s$/.test(this.note) ? " " : "";
            this.note = `${this.note}${space}${text}`;
            this.keepNote();
        }
        return isOpen;
    }

    closeForm() {
        this.form = null;
        this.question = "";
        this.server.error = "";
    }

    /** Free times take a moment; the client is dialled meanwhile. */
    async loadTimes(callId) {
        if (this.card.state !== "open") {
            return;
        }
        const times = await this.server.call("get_times", [callId]);
        if (this.isOpen(callId)) {
            Object.assign(this.card, times);
        }
    }

    async leave() {
        const card = this.card;
        if (this.isBusy) {
            return;
        }
        this.showCard(null);
        if (card) {
            await this.server.call("release_call", [card.id]);
            await this.queue.refresh();
        }
    }

    /** Keeps the call while somebody works on it, and says when it ran out. */
    async keepClaim() {
        const card = this.card;
        if (!card || !card.claim_until || this.server.busy) {
            return;
        }
        const left = new Date(card.claim_until) - Date.now();
        if (left < RENEW_MS && Date.now() - this.lastTouch < RENEW_MS) {
            const kept = await this.server.call("renew_call", [card.id]);
            if (this.isOpen(card.id)) {
                this.isExpired = !kept;
                if (kept) {
                    card.claim_until = kept;
                }
            }
        } else if (left < 0) {
            this.isExpired = true;
        }
    }

    // ---- outcomes ----

    async log(outcome, values) {
        if (!this.card || this.isBusy) {
            return;
        }
        await this.send({
            callId: this.card.id,
            outcomeId: outcome.id,
            token: uuid(),
            seen: this.card.attempt_id,
            // What was typed belongs to what comes of the call.
            values: {...values, note: isAside(outcome) ? "" : this.note},
        });
    }

    /** Sends an outcome until the server has it; only then the next call comes. */
    async send(order) {
        const {callId, outcomeId, token, values, seen} = order;
        this.outbox.keep(order);
        const answer = await this.server.step(
            "log_outcome",
            [callId, outcomeId, token],
            {values, scope: this.queue.scope, seen}
        );
        if (this.server.isOffline) {
            browser.setTimeout(() => this.send(order), RETRY_MS);
            return;
        }
        this.outbox.forget(order);
        if (answer && answer.question) {
            await this.ask(order, answer.question);
        } else if (answer) {
            await this.goOn(order, answer);
        } else if (!this.card && values.note) {
            // Refused after the browser was opened anew: what was typed is not lost.
            this.server.error = `${this.server.error}\n${values.note}`;
        }
    }

    /** Shows what must be confirmed, also when the browser was opened anew. */
    async ask({callId, outcomeId, values}, question) {
        if (!this.form) {
            const outcome = this.outcomes.find(({id}) => id === outcomeId);
            if (!(await this.take(callId))) {
                return;
            }
            this.note = values.note;
            this.form = {outcome, values};
        }
        this.question = question;
    }

    /** An outcome is logged: says so, and takes the next call. */
    async goOn({callId, token}, {text, attempt_id: attemptId, changes, stays}) {
        this.loggedToken = token;
        if (!stays) {
            this.notes.forget(callId);
        }
        if (this.isOpen(callId)) {
            // The keys are free while the next client is fetched.
            this.form = null;
        }
        this.notify(text, "logged", attemptId);
        this.queue.merge(changes);
        if (this.isOpen(callId)) {
            await (stays ? this.readAnew(callId) : this.takeNext());
        }
    }

    /** The call goes on, and what may be said has changed. */
    async readAnew(callId) {
        const {card} = await this.server.call("show_call", [callId]);
        if (this.isOpen(callId)) {
            Object.assign(this.card, card);
            await this.loadTimes(callId);
        }
    }

    /** Undoing a slip of the hand waits for what is just being done. */
    async undo(attemptId) {
        await this.server.settle();
        if (this.outbox.pending) {
            return;
        }
        const scope = {scope: this.queue.scope};
        const answer = await this.server.step("undo_outcome", [attemptId], scope);
        if (answer) {
            this.queue.merge(answer.changes);
            await this.take(answer.call_id);
        }
    }

    async undoLast() {
        const sent = this.outbox.pending;
        await this.server.settle();
        if (sent && sent.token !== this.loggedToken) {
            // It was refused or asked about: what was logged before it is not meant.
            return;
        }
        const last = this.queue.done.find((attempt) => attempt.mine && !attempt.undone);
        return last && this.undo(last.id);
    }
}
