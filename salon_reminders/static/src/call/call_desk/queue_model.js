import {Reactive} from "@web/core/utils/reactive";
import {browser} from "@web/core/browser/browser";
import {user} from "@web/core/user";

// Below so many the next page is fetched.
const FEW = 30;
const SCOPE_KEY = "salon_desk_scope";

/** Today's calls in the order in which they are made, and what was logged of them. */
export class QueueModel extends Reactive {
    constructor(server) {
        super();
        this.server = server;
        this.scope = browser.localStorage.getItem(SCOPE_KEY) || "mine";
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
        this.companyId = false;
        this.limits = {};
        this.today = "";
        this.selectedId = false;
        this.changedIds = [];
        this.isLoading = false;
    }

    // ---- reading ----

    apply({calls, done, counters, today}) {
        Object.assign(this, {calls, done, counters, today});
        this.choose();
    }

    /** Reads anew as much of the queue as was there. */
    async refresh() {
        const limit = Math.max(this.limits.page, this.calls.length);
        this.apply(await this.server.call("get_queue", [this.scope, limit]));
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
            const {calls} = await this.server.call("get_more", args);
            const known = new Set(this.calls.map((call) => call.id));
            this.calls.push(...calls.filter((call) => !known.has(call.id)));
        } finally {
            this.isLoading = false;
        }
    }

    async setScope(scope) {
        this.scope = scope;
        browser.localStorage.setItem(SCOPE_KEY, scope);
        await this.refresh();
    }

    // ---- changes ----

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
        if (company_id !== this.companyId || desk === this.server.deskId) {
            return false;
        }
        this.changedIds.push(...call_ids);
        return true;
    }

    /** Takes over what was heeded; returns the calls that it was about. */
    async follow() {
        const changedIds = [...new Set(this.changedIds)];
        this.changedIds = [];
        if (changedIds.length > this.limits.changes) {
            await this.refresh();
        } else {
            const args = [this.scope, changedIds];
            this.merge(await this.server.call("get_changes", args));
        }
        return changedIds;
    }

    // ---- rows ----

    /** Keeps the chosen call; when it is gone the first free one is chosen. */
    choose() {
        if (!this.calls.some((call) => call.id === this.selectedId)) {
            const first = this.calls.find(
                (call) => !call.claimed_by || call.claimed_by_me
            );
            this.selectedId = first ? first.id : false;
        }
    }

    move(step) {
        const index = this.calls.findIndex((call) => call.id === this.selectedId);
        const next = this.calls[Math.max(index + step, 0)];
        if (next) {
            this.selectedId = next.id;
        }
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
