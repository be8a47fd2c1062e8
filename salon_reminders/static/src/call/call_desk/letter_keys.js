import {browser} from "@web/core/browser/browser";

// So long a letter waits for another one.
const PAUSE_MS = 500;
const NOTHING = {key: "", text: ""};
export const UNDO_KEY = "z";

/**
 * Letters that are pressed outside of a field: one alone is a key, several are a word.
 *
 * Who writes without looking must not log an outcome with every letter.
 */
export class LetterKeys {
    /**
     * @param {(key: string) => void} act what a letter alone does
     * @param {(text: string) => void} write where a word goes
     */
    constructor(act, write) {
        Object.assign(this, {act, write, pending: null});
    }

    press(key, text) {
        if (key === UNDO_KEY && this.pending && this.pending.key === UNDO_KEY) {
            // Several outcomes are taken back as fast as the key can be pressed.
            this.flush();
        }
        const before = this.pending;
        if (before) {
            this.write(before.text + text);
        }
        this.wait(before ? NOTHING : {key, text});
    }

    wait(pending) {
        this.drop();
        this.pending = pending;
        this.timer = browser.setTimeout(() => this.flush(), PAUSE_MS);
    }

    /** What follows is no letter: the one that waits was a key. */
    flush() {
        const {key} = this.pending || NOTHING;
        this.drop();
        if (key) {
            this.act(key);
        }
    }

    drop() {
        browser.clearTimeout(this.timer);
        this.pending = null;
    }
}
