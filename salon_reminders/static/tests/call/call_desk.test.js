import {
    BOOKED,
    DECLINED,
    FakeOrm,
    LEFT_US,
    LIMITS,
    NO_ADVERTISING,
    WRONG_NUMBER,
    makeAnswers,
    makeCard,
    makeLogged,
    makeQueue,
    makeRow,
} from "./desk_test_helpers";
import {
    advanceTime,
    after,
    animationFrame,
    expect,
    press,
    queryAllTexts,
    queryFirst,
    test,
} from "@odoo/hoot";
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
    orm.desk = await mountWithCleanup(CallDesk, {props: {action: {context}}});
    // With the test the screen is left, and its call given back.
    after(() => (orm.isOver = true));
    await animationFrame();
    return orm;
}

async function keys(...pressed) {
    for (const key of pressed) {
        await press(key);
        // A letter is a key when no other follows.
        await advanceTime(500);
        await animationFrame();
    }
}

/** Types a word as fast as a hand does. */
async function word(...letters) {
    for (const letter of letters) {
        await press(letter);
    }
    await animationFrame();
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
    expect(".o_salon_buttons .btn").toHaveCount(6);
    expect(".o_salon_wishes .btn").toHaveText(/^No ads/);
    await contains(".o_salon_wishes .btn").click();
    await animationFrame();
    expect(".o_salon_name").toHaveText("Client 1");
    expect.verifySteps([
        ...["open_desk mine", "take_call 1", "get_times 1"],
        ...[`log_outcome 1 ${NO_ADVERTISING.id}`, "show_call 1", "get_times 1"],
    ]);
});

const OPENED = ["open_desk mine", "take_call 1", "get_times 1"];

test("a word that is typed without looking goes into the note", async () => {
    await mountDesk({}, {call_id: 1});
    await word("n", "o");
    expect(NOTE).toBeFocused();
    expect(NOTE).toHaveValue("no");
    await word("w", "Space", "x");
    await advanceTime(500);
    expect(NOTE).toHaveValue("now x");
    expect.verifySteps(OPENED);
});

test("a word that starts with a capital or has an accent, too", async () => {
    await mountDesk({}, {call_id: 1});
    await word("N", "ő");
    expect(NOTE).toHaveValue("Nő");
    await press("Escape");
    await word("Н", "е", "т");
    expect(NOTE).toHaveValue("Nő Нет");
    expect.verifySteps(OPENED);
});

test("keys of what stands on the card wait, too", async () => {
    const {desk} = await mountDesk({}, {call_id: 1});
    const heard = [];
    desk.env.deskKeys.addEventListener("key", ({detail}) => heard.push(detail));
    await press(["Shift", "O"]);
    expect(heard).toEqual([]);
    await advanceTime(500);
    expect(heard).toEqual(["shift+o"]);
    await word("O", "f", "f", "e", "r");
    await advanceTime(500);
    expect(heard).toEqual(["shift+o"]);
    expect(NOTE).toHaveValue("Offer");
    expect.verifySteps(OPENED);
});

test("a word is nothing where no call is open", async () => {
    await mountDesk();
    await word("a", "n", "n");
    await advanceTime(500);
    expect(".o_salon_name").toHaveCount(0);
    expect.verifySteps(["open_desk mine"]);
});

test("a digit after a letter acts at once, as Enter does; Escape forgets it", async () => {
    await mountDesk({}, {call_id: 1});
    await press("l");
    await press("1");
    await animationFrame();
    expect(`${FORM} .btn-secondary`).toHaveText(/Moved away/);
    await keys("Escape");
    await press("n");
    await press("Escape");
    await advanceTime(500);
    expect.verifySteps(OPENED);
    await press("n");
    await press("Enter");
    await animationFrame();
    expect.verifySteps(["log_outcome 1 1", "take_next mine", "get_queue mine 3"]);
});

test("the letter that waits is shown on its button", async () => {
    await mountDesk({}, {call_id: 1});
    await press("n");
    await animationFrame();
    expect(".o_salon_buttons .active").toHaveText(/No answer/);
    await press("Escape");
    await animationFrame();
    expect(".o_salon_buttons .active").toHaveCount(0);
    expect.verifySteps(OPENED);
});

test("Enter acts on what is focused", async () => {
    await mountDesk({}, {call_id: 1});
    await keys("c");
    queryFirst(`${FORM} button[type='button']`).focus();
    await keys("Enter");
    expect(FORM).toHaveCount(0);
    expect.verifySteps(OPENED);
    queryFirst(".o_salon_row[data-call='3']").focus();
    await keys("Enter");
    expect(".o_salon_name").toHaveText("Client 3");
    expect.verifySteps(["take_call 3", "get_times 3"]);
    // The arrows take the focus along.
    await keys("ArrowUp");
    expect(".o_salon_row[data-call='2']").toBeFocused();
    await keys("Enter");
    expect(".o_salon_name").toHaveText("Client 2");
    expect.verifySteps(["take_call 2", "get_times 2"]);
});

test("after a choice Enter saves it", async () => {
    const sent = [];
    const log_outcome = (...args) => sent.push(args) && {question: "Sure?"};
    await mountDesk({log_outcome}, {call_id: 1});
    await keys("l");
    await contains(`${FORM} .btn:contains('Moved away')`).click();
    expect(".o_salon_save").toBeFocused();
    await keys("Enter");
    expect(sent[0].at(-1).values.reason_id).toBe(11);
    expect.verifySteps([...OPENED, "log_outcome 1 4"]);
});

test("a wrong number is logged by its key and Enter", async () => {
    await mountDesk({}, {call_id: 1});
    await keys(WRONG_NUMBER.key);
    expect(`${FORM}[data-kind='wrong_number']`).toHaveCount(1);
    expect.verifySteps(OPENED);
    await keys("Enter");
    expect.verifySteps(["log_outcome 1 6", "take_next mine", "get_queue mine 3"]);
});

test("a note that was begun is there when its call is opened again", async () => {
    await mountDesk({}, {call_id: 1});
    await contains(NOTE).edit("asks for Vera", {confirm: false});
    await keys("Escape", "Escape", "Enter");
    expect(NOTE).toHaveValue("asks for Vera");
    expect.verifySteps([
        ...OPENED,
        ...["release_call 1", "get_queue mine 3", "take_call 1", "get_times 1"],
    ]);
});

test("who declines chooses what is not wanted", async () => {
    const reminders = [
        {id: 41, name: "Roots"},
        {id: 42, name: "Nails"},
    ];
    const sent = [];
    await mountDesk(
        {
            take_call: (id) => ({card: makeCard(id, id === 1 ? {reminders} : {})}),
            log_outcome: (...args) => sent.push(args) && {question: "Sure?"},
        },
        {call_id: 1}
    );
    await keys("d");
    await contains(`${FORM} .o_salon_parts .btn:contains('Nails')`).click();
    await contains(".o_salon_save").click();
    expect(sent[0].at(-1).values).toMatchObject({stop: false, reminder_ids: [41]});
    expect.verifySteps([...OPENED, `log_outcome 1 ${DECLINED.id}`]);
    // Of a single need there is nothing to choose.
    await keys("Escape", "Escape");
    await contains(".o_salon_row[data-call='2']").click();
    await keys("d");
    expect(FORM).toHaveCount(1);
    expect(".o_salon_parts").toHaveCount(0);
    expect.verifySteps([
        ...["release_call 1", "get_queue mine 3", "take_call 2", "get_times 2"],
    ]);
});

test("it is not said that everybody was called when nobody was", async () => {
    const open_desk = () => ({...makeAnswers().open_desk(), ...makeQueue([])});
    await mountDesk({open_desk});
    expect(".o_salon_start").toHaveText(/Nobody is to be called now/);
    expect.verifySteps(["open_desk mine"]);
});

test("a day is one day", async () => {
    const calls = [makeRow(1, {days_over: 1}), makeRow(2, {days_over: 2})];
    const open_desk = () => ({...makeAnswers().open_desk(), ...makeQueue(calls)});
    await mountDesk({open_desk});
    const texts = queryAllTexts(".o_salon_row .text-danger");
    expect(texts).toEqual(["1 day over", "2 days over"]);
    expect.verifySteps(["open_desk mine"]);
});
