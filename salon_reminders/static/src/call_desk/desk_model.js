import {ConnectionLostError, RPCError} from "@web/core/network/rpc";
import {Reactive} from "@web/core/utils/reactive";
import {browser} from "@web/core/browser/browser";
import {user} from "@web/core/user";

const RETRY_MS = 3000;
const RENEW_MS = 60000;

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
        this.storageKey = `salon_desk_pending_${user.userId}`;
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
        this.card = null;
        this.note = "";
        this.error = "";
        this.question = "";
        this.form = null;
        this.busy = false;
        this.ready = false;
        this.isOffline = false;
        this.isExpired = false;
        this.selectedId = false;
        this.lastTouch = 0;
        this.changedIds = [];
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
        const pending = browser.localStorage.getItem(this.storageKey);
        if (pending) {
            await this.send(JSON.parse(pending));
        }
    }

    apply(data) {
        for (const name of [
            ...["calls", "done", "counters", "today", "company_id", "salon"],
            ...["outcomes", "reasons", "stylists"],
        ]) {
            if (name in data) {
                this[name] = data[name];
            }
        }
        if (!this.calls.some((call) => call.id === this.selectedId)) {
            const first = this.calls.find(
                (call) => !call.claimed_by || call.claimed_by_me
            );
            this.selectedId = first ? first.id : false;
        }
    }

    async refresh() {
        this.apply(await this.request("get_queue", [this.scope]));
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
        const changedIds = this.changedIds;
        this.changedIds = [];
        await this.refresh();
        const card = this.card;
        if (card && changedIds.includes(card.id) && !this.busy) {
            const fresh = await this.request("show_call", [card.id]);
            if (this.card && this.card.id === card.id) {
                this.card = fresh.card;
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
        if (!callId || this.busy) {
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
            for (const call of this.calls) {
                const mine = call.id === callId;
                if (mine || call.claimed_by_me) {
                    call.claimed_by_me = mine;
                    call.claimed_by = mine ? user.name : "";
                }
            }
        }
        return Boolean(answer);
    }

    async takeNext(skipIds = []) {
        const answer = await this.guarded(() =>
            this.request("take_next", [this.scope], {skip_ids: skipIds})
        );
        if (answer) {
            this.apply(answer);
            this.showCard(answer.card || null);
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
        }
    }

    async look(callId) {
        const answer = await this.guarded(() => this.request("show_call", [callId]));
        if (answer) {
            this.showCard(answer.card);
        }
    }

    async leave() {
        const card = this.card;
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
        if (!this.card || this.busy) {
            return;
        }
        const order = {
            callId: this.card.id,
            outcomeId: outcome.id,
            token: newToken(),
            values: {...values, note: this.note},
        };
        browser.localStorage.setItem(this.storageKey, JSON.stringify(order));
        await this.send(order);
    }

    /** Sends an outcome until the server has it; only then the next call comes. */
    async send(order) {
        const {callId, outcomeId, token, values} = order;
        const answer = await this.guarded(() =>
            this.request("log_outcome", [callId, outcomeId, token], {values})
        );
        if (this.isOffline) {
            browser.setTimeout(() => this.send(order), RETRY_MS);
            return;
        }
        browser.localStorage.removeItem(this.storageKey);
        if (answer && answer.question) {
            this.question = answer.question;
        } else if (answer) {
            this.notify(answer.text, "logged", answer.attempt_id);
            await this.takeNext();
        }
    }

    async undo(attemptId) {
        const answer = await this.guarded(() =>
            this.request("undo_outcome", [attemptId])
        );
        if (answer) {
            await this.take(answer.call_id);
            await this.refresh();
        }
    }

    undoLast() {
        const last = this.done.find((attempt) => !attempt.undone);
        return last && this.undo(last.id);
    }

    /** Runs a request; what the server refuses is shown and what was typed stays. */
    async guarded(request) {
        this.busy = true;
        this.error = "";
        this.isOffline = false;
        try {
            return await request();
        } catch (error) {
            if (error instanceof ConnectionLostError) {
                this.isOffline = true;
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

export function newToken() {
    const bytes = browser.crypto
        ? browser.crypto.getRandomValues(new Uint8Array(16))
        : window.crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
