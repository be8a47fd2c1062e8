import {
    BOOKED,
    FakeOrm,
    LEFT_US,
    LIMITS,
    NO_ADVERTISING,
    makeCard,
    makeLogged,
} from "./desk_test_helpers";
import {after, animationFrame, expect, press, queryFirst, test} from "@odoo/hoot";
import {contains, mockService, mountWithCleanup} from "@web/../tests/web_test_helpers";
import {CallDesk} from "@salon_reminders/call/call_desk/call_desk";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";

defineMailModels();

const NOTE = ".o_salon_note";
const FORM = ".o_salon_form";

/** The screen of the desk, on a server of its own. */
async function mountDesk(answers, context = {}) {
    const orm = new FakeOrm(answers);
    mockService("orm", () => orm);
    await mountWithCleanup(CallDesk, {props: {action: {context}}});
    // With the test the screen is left, and its call given back.
    after(() => (orm.isOver = true));
    await animationFrame();
    return orm;
}

async function keys(...pressed) {
    for (const key of pressed) {
        await press(key);
        await animationFrame();
    }
}

test("a call is opened and logged by keyboard", async () => {
    await mountDesk({take_next: () => ({card: makeCard(3)})});
    await keys("ArrowDown", "Enter");
    expect(".o_salon_name").toHaveText("Client 2");
    await keys("n");
    expect(".o_salon_name").toHaveText("Client 3");
    expect.verifySteps([
        ...["open_desk mine", "take_call 2", "get_times 2"],
        ...["log_outcome 2 1", "take_next mine", "get_times 3"],
    ]);
});

test("who comes from another screen has the call at once", async () => {
    await mountDesk({}, {call_id: 3});
    expect(".o_salon_name").toHaveText("Client 3");
    expect.verifySteps(["open_desk mine", "take_call 3", "get_times 3"]);
});

test("what is typed in the note is not taken for keys", async () => {
    await mountDesk({}, {call_id: 1});
    await keys("ArrowRight");
    expect(NOTE).toBeFocused();
    await contains(NOTE).edit("no answer", {confirm: false});
    await keys("n", "z");
    expect.verifySteps(["open_desk mine", "take_call 1", "get_times 1"]);
    await keys("Escape");
    expect(NOTE).not.toBeFocused();
    expect(".o_salon_name").toHaveText("Client 1");
    expect(NOTE).toHaveValue(/^no answer/);
});

test("a form that is refused keeps what was entered; Escape gives it up", async () => {
    const log_outcome = () => ({question: "The salon is closed."});
    await mountDesk({log_outcome}, {call_id: 1});
    await keys("c");
    expect(`${FORM}[data-kind='call_back']`).toHaveCount(1);
    await contains(`${FORM} [name='hour']`).edit("22:00");
    await keys("Enter");
    expect(".o_salon_question").toHaveText("The salon is closed.");
    expect(queryFirst(`${FORM} [name='hour']`).value).toBe("22:00");
    await keys("Escape");
    expect(FORM).toHaveCount(0);
    expect(".o_salon_name").toHaveCount(1);
    await keys("Escape");
    expect(".o_salon_name").toHaveCount(0);
    expect.verifySteps([
        ...["open_desk mine", "take_call 1", "get_times 1", "log_outcome 1 3"],
        ...["release_call 1", "get_queue mine 3"],
    ]);
});

test("a digit takes a free time, or a reason", async () => {
    const proposal = {day: "2026-03-12", hour: "10:15", stylist_id: 21, label: "Thu"};
    const sent = [];
    await mountDesk(
        {
            get_times: () => ({proposals: [proposal], script: ""}),
            log_outcome: (...args) => sent.push(args) && {question: "Sure?"},
        },
        {call_id: 1}
    );
    await keys("2");
    expect(FORM).toHaveCount(0);
    await keys("1", "Enter");
    const {values} = sent[0].at(-1);
    expect(sent[0][1]).toBe(BOOKED.id);
    expect(values).toMatchObject({day: "2026-03-12", hour: "10:15", stylist_id: 21});
    await keys("Escape", LEFT_US.key, "1", "Enter");
    expect(sent[1][1]).toBe(LEFT_US.id);
    expect(sent[1].at(-1).values.reason_id).toBe(11);
    expect.verifySteps([
        ...["open_desk mine", "take_call 1", "get_times 1"],
        ...["log_outcome 1 2", "log_outcome 1 4"],
    ]);
});

test("no more can be typed than the salon keeps", async () => {
    await mountDesk({}, {call_id: 1});
    await keys(LEFT_US.key);
    expect(queryFirst(`${FORM} [name='gift']`).maxLength).toBe(LIMITS.text);
    expect(queryFirst(`${FORM} [name='bring_back']`).maxLength).toBe(LIMITS.text);
    expect.verifySteps(["open_desk mine", "take_call 1", "get_times 1"]);
});

test("the calls of everybody are shown when they are asked for", async () => {
    await mountDesk();
    await contains("#salon_desk_scope").click();
    expect.verifySteps(["open_desk mine", "get_queue all 3"]);
});

test("an objection is one click beside the outcomes, and the call goes on", async () => {
    await mountDesk(
        {log_outcome: () => makeLogged({stays: true, text: "No ads."})},
        {call_id: 1}
    );
    expect(".o_salon_buttons .btn").toHaveCount(4);
    expect(".o_salon_wishes .btn").toHaveText(/^No ads/);
    await contains(".o_salon_wishes .btn").click();
    await animationFrame();
    expect(".o_salon_name").toHaveText("Client 1");
    expect.verifySteps([
        ...["open_desk mine", "take_call 1", "get_times 1"],
        ...[`log_outcome 1 ${NO_ADVERTISING.id}`, "show_call 1", "get_times 1"],
    ]);
});
