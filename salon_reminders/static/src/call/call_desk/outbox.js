import {Reactive} from "@web/core/utils/reactive";
import {browser} from "@web/core/browser/browser";
import {user} from "@web/core/user";

/**
 * Outcomes that the server has not answered yet, kept in the browser: neither a lost
 * connection nor a closed window loses one, and its token keeps it from being doubled.
 */
export class Outbox extends Reactive {
    constructor() {
        super();
        this.prefix = `salon_desk_pending_${user.userId}_`;
        this.pending = null;
    }

    /** Outcomes that were logged before the connection or the browser was gone. */
    getKept() {
        const {localStorage} = browser;
        const names = Object.keys(localStorage).filter((name) =>
            name.startsWith(this.prefix)
        );
        return names.map((name) => JSON.parse(localStorage.getItem(name)));
    }

    keep(order) {
        this.pending = order;
        browser.localStorage.setItem(this.prefix + order.token, JSON.stringify(order));
    }

    forget({token}) {
        this.pending = null;
        browser.localStorage.removeItem(this.prefix + token);
    }
}
