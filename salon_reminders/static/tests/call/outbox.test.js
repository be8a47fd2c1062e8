import {expect, test} from "@odoo/hoot";
import {Outbox} from "@salon_reminders/call/call_desk/outbox";
import {browser} from "@web/core/browser/browser";
import {user} from "@web/core/user";

const ORDER = {callId: 1, outcomeId: 2, token: "t1", values: {note: "Monday"}};

test("an outcome outlives the window until the server has it", () => {
    const outbox = new Outbox();
    outbox.keep(ORDER);
    expect(outbox.pending).toEqual(ORDER);
    const reopened = new Outbox();
    expect(reopened.pending).toBe(null);
    expect(reopened.getKept()).toEqual([ORDER]);
    reopened.forget(ORDER);
    expect(new Outbox().getKept()).toEqual([]);
});

test("each outcome is kept by itself", () => {
    const outbox = new Outbox();
    outbox.keep(ORDER);
    outbox.keep({...ORDER, token: "t2"});
    outbox.forget(ORDER);
    expect(outbox.getKept().map(({token}) => token)).toEqual(["t2"]);
});

test("what a colleague logged in this browser is left to her", () => {
    const other = `salon_desk_pending_${user.userId + 1}_t9`;
    browser.localStorage.setItem(other, JSON.stringify(ORDER));
    expect(new Outbox().getKept()).toEqual([]);
});
