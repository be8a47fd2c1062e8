import {expect, test} from "@odoo/hoot";
import {NoteKeeper} from "@salon_reminders/call/call_desk/note_keeper";
import {browser} from "@web/core/browser/browser";
import {user} from "@web/core/user";

test("a note outlives the page, each for its call, until it is empty", () => {
    new NoteKeeper().keep(1, "Monday is good");
    new NoteKeeper().keep(2, "asks for Vera");
    const notes = new NoteKeeper();
    expect([notes.get(1), notes.get(2)]).toEqual(["Monday is good", "asks for Vera"]);
    notes.keep(1, "");
    notes.forget(2);
    expect([notes.get(1), notes.get(2), notes.get(3)]).toEqual(["", "", ""]);
});

test("what a colleague began in this window is hers", () => {
    const key = `salon_desk_note_${user.userId + 1}_1`;
    browser.sessionStorage.setItem(key, "asks for Vera");
    expect(new NoteKeeper().get(1)).toBe("");
});
