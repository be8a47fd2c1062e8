import {browser} from "@web/core/browser/browser";
import {user} from "@web/core/user";

/** Notes that were begun: kept in this tab over a reload and other screens. */
export class NoteKeeper {
    constructor() {
        this.prefix = `salon_desk_note_${user.userId}_`;
    }

    get(callId) {
        return browser.sessionStorage.getItem(this.prefix + callId) || "";
    }

    keep(callId, text) {
        if (text) {
            browser.sessionStorage.setItem(this.prefix + callId, text);
        } else {
            this.forget(callId);
        }
    }

    forget(callId) {
        browser.sessionStorage.removeItem(this.prefix + callId);
    }
}
