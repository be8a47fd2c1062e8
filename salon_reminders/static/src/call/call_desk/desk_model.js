import {ConnectionLostError, RPCError} from "@web/core/network/rpc";
import {Reactive} from "@web/core/utils/reactive";
import {browser} from "@web/core/browser/browser";
import {user} from "@web/core/user";

const RETRY_MS = 3000;
const RENEW_MS = 60000;
const PAGE = 80;
// Below so many the next page is fetched.
const FEW = 30;
// Above so many changed at once everything is read anew.
const MANY = 90;

/**
 * What the call desk knows, and everything it asks the server.
 *
 * An outcome carries a token made here. It is kept in the browser until the server has
 * answered, so that a lost connection neither loses nor doubles it.
 */
export class DeskModel extends Reactive {
    constructor(orm, notify) {
        super();
        this.orm = orm;
        this.notify = notify;
        this.deskId = newToken();
        this.storageKey = `salon_desk_pending_${user.userId}_`;
        this.scope = browser.localStorage.getItem("salon_desk_scope") || "mine";
        this.calls = [];
        this.done = [];
        this.counters = {
            todo: 0,
            later: 0,
            done: 0,
            booked: 0,
            unreachable: 0,
            share: 0,
        };
        this.outcomes = [];
        this.reasons = [];
        this.stylists = [];
        this.today = "";
        // Of the salon; the browser may be anywhere.
        this.timezone = "";
        this.card = null;
        this.note = "";
        this.error = "";
        this.question = "";
        this.form = null;
        this.busy = false;
        // The request that runs.
        this.current = null;
        this.ready = false;
        this.isOffline = false;
        this.isExpired = false;
        this.selectedId = false;
        this.lastTouch = 0;
        this.changedIds = [];
        this.isLoading = false;
        this.skippedIds = [];
        // The outcome that the server has not answered yet.
        this.pending = null;
        this.loggedToken = "";
    }

    /** Calls the server as this desk; its own changes are not told back to it. */
    request(method, args = [], kwargs = {}) {
        return this.orm.call("salon.call.desk", method, args, {
            ...kwargs,
            context: {...user.context, salon_desk: this.deskId},
        });
    }

    // ---- the queue ----

    async open() {
        this.apply(await this.request("open_desk", [this.scope]));
        this.ready = true;
        for (const order of this.getKept()) {
            await this.send(order);
        }
    }

    // ---- kept in the browser ----

    /** Outcomes that were logged before the connection or the browser was gone. */
    getKept() {
        const names = Object.keys(browser.localStorage).filter((name) =>
            name.startsWith(this.storageKey)
        );
        return names.map((name) => JSON.parse(browser.localStorage.getItem(name)));
    }

    keep(order) {
        this.pending = order;
        const name = this.storageKey + order.token;
        browser.localStorage.setItem(name, JSON.stringify(order));
    }

    forget({token}) {
        this.pending = null;
        browser.localStorage.removeItem(this.storageKey + token);
    }

    /** Nothing is begun before it is known what became of the last outcome. */
    get isBusy() {
        return this.busy || Boolean(this.pending);
    }

    // ---- the rows ----

    apply(data) {
        for (const name of [
            ...["calls", "done", "counters", "today", "company_id", "salon"],
            ...["currency_id", "timezone", "outcomes", "reasons", "stylists"],
        ]) {
            if (name in data) {
                this[name] = data[name];
            }
        }
        this.choose();
    }

    /** Keeps the chosen call; when it is gone the first free one is chosen. */
    choose() {
        if (!this.calls.some((call) => call.id === this.selectedId)) {
            const first = this.calls.find(
                (call) => !call.claimed_by || call.claimed_by_me
            );
            this.selectedId = first ? first.id : false;
        }
    }

    /** Reads anew as much of the queue as was there. */
    async refresh() {
        const limit = Math.max(PAGE, this.calls.length);
        this.apply(await this.request("get_queue", [this.scope, limit]));
    }

    get hasMore() {
        return this.calls.length < this.counters.todo + this.counters.later;
    }

    async loadMore() {
        if (!this.hasMore || this.isLoading) {
            return;
        }
        this.isLoading = true;
        try {
            const args = [this.scope, this.calls.length];
            const {calls} = await this.request("get_more", args);
            const known = new Set(this.calls.map((call) => call.id));
            this.calls.push(...calls.filter((call) => !known.has(call.id)));
        } finally {
            this.isLoading = false;
        }
    }

    /** Puts what changed into the queue, without reading the rest of it. */
    merge({changed, calls, done, counters}) {
        const last = this.hasMore && this.calls.at(-1);
        const rest = this.calls.filter((call) => !changed.includes(call.id));
        // What comes after the last one is on a page that is not here yet.
        const fresh = calls.filter((call) => !last || compare(call, last) <= 0);
        this.calls = [...rest, ...fresh].sort(compare);
        const logged = this.done.filter((one) => !changed.includes(one.call_id));
        this.done = [...done, ...logged].sort((one, other) => other.id - one.id);
        this.counters = counters;
        this.choose();
        if (this.calls.length < FEW) {
            this.loadMore();
        }
    }

    /** A promise whose hour has come moves up. */
    async keepTime() {
        const now = Date.now();
        if (this.calls.some((one) => one.waiting && new Date(one.call_at) <= now)) {
            await this.refresh();
        }
    }

    /** A colleague, the daily job or a booking changed some calls; returns if so. */
    heed({company_id, call_ids, desk}) {
        if (company_id !== this.company_id || desk === this.deskId) {
            return false;
        }
        this.changedIds.push(...call_ids);
        return true;
    }

    async follow() {
        const changedIds = [...new Set(this.changedIds)];
        this.changedIds = [];
        if (changedIds.length > MANY) {
            await this.refresh();
        } else {
            this.merge(await this.request("get_changes", [this.scope, changedIds]));
        }
        const card = this.card;
        if (card && changedIds.includes(card.id) && !this.isBusy) {
            const before = card.promotions;
            const fresh = await this.request("show_call", [card.id]);
            if (this.card && this.card.id === card.id) {
                // The same object: an answer that is on its way is written into it.
                const {proposals, script, promotions} = this.card;
                const newer = promotions === before ? {} : {promotions};
                Object.assign(this.card, fresh.card, {proposals, script}, newer);
            }
        }
    }

    async setScope(scope) {
        this.scope = scope;
        browser.localStorage.setItem("salon_desk_scope", scope);
        await this.refresh();
    }

    move(step) {
        const index = this.calls.findIndex((call) => call.id === this.selectedId);
        const next = this.calls[Math.max(index + step, 0)];
        if (next) {
            this.selectedId = next.id;
        }
    }

    // ---- one call ----

    async take(callId) {
        if (!callId || this.isBusy) {
            return false;
        }
        const answer = await this.guarded(() => this.request("take_call", [callId]));
        if (answer && answer.taken_by) {
            this.notify(answer.taken_by, "taken");
            await this.refresh();
            return false;
        }
        if (answer) {
            this.showCard(answer.card);
            this.markClaim(callId);
        }
        return Boolean(answer);
    }

    /** The row shows the own telephone; what was open before is free again. */
    markClaim(callId) {
        for (const call of this.calls) {
            const mine = call.id === callId;
            if (mine || call.claimed_by_me) {
                call.claimed_by_me = mine;
                call.claimed_by = mine ? user.name : "";
            }
        }
    }

    /** Leaves this client for later: she comes again after all the others. */
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
        const answer = await this.guarded(() =>
            this.request("take_next", [this.scope], {skip_ids: skipIds})
        );
        if (!answer) {
            return;
        }
        if (!answer.card && skipIds.length) {
            this.skippedIds = [];
            return this.takeNext();
        }
        this.showCard(answer.card || null);
        this.markClaim(answer.card && answer.card.id);
        if (!answer.card) {
            await this.refresh();
        }
    }

    showCard(card) {
        this.card = card;
        this.note = "";
        this.form = null;
        this.error = "";
        this.question = "";
        this.isExpired = false;
        if (card) {
            this.selectedId = card.id;
            this.loadTimes(card.id);
        }
    }

    /** Free times take a moment; she is dialled meanwhile. */
    async loadTimes(callId) {
        if (this.card.state !== "open") {
            return;
        }
        const times = await this.request("get_times", [callId]);
        if (this.card && this.card.id === callId) {
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
            await this.request("release_call", [card.id]);
            await this.refresh();
        }
    }

    /** Keeps the call while somebody works on it, and says when it ran out. */
    async keepClaim() {
        const card = this.card;
        if (!card || !card.claim_until || this.busy) {
            return;
        }
        const left = new Date(card.claim_until) - Date.now();
        if (left < RENEW_MS && Date.now() - this.lastTouch < RENEW_MS) {
            const kept = await this.request("renew_call", [card.id]);
            if (this.card && this.card.id === card.id) {
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
            token: newToken(),
            values: {...values, note: this.note},
        });
    }

    /** Sends an outcome until the server has it; only then the next call comes. */
    async send(order) {
        const {callId, outcomeId, token, values} = order;
        this.keep(order);
        const answer = await this.guarded(() =>
            this.request("log_outcome", [callId, outcomeId, token], {
                values,
                scope: this.scope,
            })
        );
        if (this.isOffline) {
            browser.setTimeout(() => this.send(order), RETRY_MS);
            return;
        }
        this.forget(order);
        if (answer && answer.question) {
            await this.ask(order, answer.question);
        } else if (answer) {
            this.loggedToken = token;
            if (this.card && this.card.id === callId) {
                // The keys are free while the next client is fetched.
                this.form = null;
            }
            this.notify(answer.text, "logged", answer.attempt_id);
            this.merge(answer.changes);
            if (this.card && this.card.id === callId) {
                await this.takeNext();
            }
        } else if (!this.card && values.note) {
            // Refused after the browser was opened anew: what was typed is not lost.
            this.error = `${this.error}\n${values.note}`;
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

    /** Undoing a slip of the hand waits for what is just being done. */
    async undo(attemptId) {
        while (this.busy) {
            await this.current;
        }
        if (this.pending) {
            return;
        }
        const answer = await this.guarded(() =>
            this.request("undo_outcome", [attemptId], {scope: this.scope})
        );
        if (answer) {
            this.merge(answer.changes);
            await this.take(answer.call_id);
        }
    }

    async undoLast() {
        const sent = this.pending;
        while (this.busy) {
            await this.current;
        }
        if (sent && sent.token !== this.loggedToken) {
            // It was refused or asked about: what was logged before it is not meant.
            return;
        }
        const last = this.done.find((attempt) => attempt.mine && !attempt.undone);
        return last && this.undo(last.id);
    }

    /** Runs a request; what the server refuses is shown and what was typed stays. */
    guarded(request) {
        this.busy = true;
        this.current = this.attempt(request);
        return this.current;
    }

    async attempt(request) {
        this.error = "";
        this.isOffline = false;
        try {
            return await request();
        } catch (error) {
            if (error instanceof ConnectionLostError) {
                this.isOffline = true;
            } else if (isSignedOut(error)) {
                // Odoo asks to log in; what is kept is sent when the desk opens again.
                this.isOffline = true;
                throw error;
            } else if (error instanceof RPCError && error.data) {
                this.error = error.data.message || error.message;
            } else {
                throw error;
            }
        } finally {
            this.busy = false;
        }
        return null;
    }
}

function isSignedOut(error) {
    const name = error instanceof RPCError && error.exceptionName;
    return name === "odoo.http.SessionExpiredException";
}

/** Orders rows as the server does, by their ranks. */
export function compare(one, other) {
    for (let index = 0; index < one.rank.length; index++) {
        if (one.rank[index] !== other.rank[index]) {
            return one.rank[index] < other.rank[index] ? -1 : 1;
        }
    }
    return 0;
}

export function newToken() {
    const bytes = browser.crypto
        ? browser.crypto.getRandomValues(new Uint8Array(16))
        : window.crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
