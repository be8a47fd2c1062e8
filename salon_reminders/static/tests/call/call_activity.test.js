import {expect, test} from "@odoo/hoot";
import {Activity} from "@mail/core/web/activity";
import {ActivityListPopoverItem} from "@mail/core/web/activity_list_popover_item";
import "@salon_reminders/call/call_activity/call_activity";

const OTHER = {activity: {id: 1, res_id: 2, res_model: "res.partner"}};

test("an activity of another app is done as Odoo does it", async () => {
    const shown = {
        props: OTHER,
        markDonePopover: {isOpen: true, close: () => expect.step("closed")},
    };
    await Activity.prototype.onClickMarkAsDone.call(shown);
    expect.verifySteps(["closed"]);
});

test("in the list of activities, too", async () => {
    const shown = {
        props: OTHER,
        state: {hasMarkDoneView: false},
    };
    await ActivityListPopoverItem.prototype.onClickMarkAsDone.call(shown);
    expect(shown.state.hasMarkDoneView).toBe(true);
});
