import {click, queryAll} from "@odoo/hoot-dom";
import {
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {describe, expect, test} from "@odoo/hoot";
import {animationFrame} from "@odoo/hoot-mock";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import "@salon_reminders/visit/stars_field/stars_field";

describe.current.tags("desktop");

class Visit extends models.Model {
    rating = fields.Selection({
        string: "Rating",
        selection: ["1", "2", "3", "4", "5"].map((stars) => [stars, `${stars} stars`]),
    });

    _records = [
        {id: 1, rating: false},
        {id: 2, rating: "4"},
    ];
}

defineMailModels();
defineModels([Visit]);

async function openVisit(resId) {
    onRpc("web_save", ({args}) => expect.step(args[1].rating));
    await mountView({
        type: "form",
        resModel: "visit",
        resId,
        arch: `<form><field name="rating" widget="salon_stars"/></form>`,
    });
}

const full = ".o_priority_star.fa-star";

async function clickStar(number) {
    await click(queryAll("a.o_priority_star")[number - 1]);
    await animationFrame();
}

test("there is a star for each choice, and none is lit without a rating", async () => {
    await openVisit(1);
    expect("a.o_priority_star").toHaveCount(5);
    expect(full).toHaveCount(0);
});

test("the third star stores three", async () => {
    await openVisit(1);
    await clickStar(3);
    expect.verifySteps(["3"]);
    expect(full).toHaveCount(3);
});

test("a second click on the same star takes the rating back", async () => {
    await openVisit(2);
    expect(full).toHaveCount(4);
    await clickStar(4);
    expect.verifySteps([false]);
});
