import {expect, test} from "@odoo/hoot";
import {SalonStartPage} from "@salon_reminders/start/start_page/start_page";
import {markup} from "@odoo/owl";

/** The action that is done when the server opens this one. */
async function openTile(action) {
    let done = null;
    const page = {
        orm: {call: async () => action},
        action: {doAction: async (request) => (done = request)},
    };
    await SalonStartPage.prototype.open.call(page, {key: "due"});
    return done;
}

test("what an empty list says is shown without its tags", async () => {
    const {help, name} = await openTile({name: "Due", help: "<p>Nobody is due</p>"});
    expect(name).toBe("Due");
    expect(help).toBeInstanceOf(markup("").constructor);
    expect(String(help)).toBe("<p>Nobody is due</p>");
    expect(await openTile({name: "Load"})).toEqual({name: "Load"});
});
