import {advanceTime, animationFrame, expect, mockTouch, press, test} from "@odoo/hoot";
import {
    contains,
    mockService,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {queryFirst, queryRect} from "@odoo/hoot-dom";
import {ConfirmationDialog} from "@web/core/confirmation_dialog/confirmation_dialog";
import {DayBoard} from "@salon_reminders/book/day_board/day_board";
import {FormViewDialog} from "@web/views/view_dialogs/form_view_dialog";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {makeServerError} from "@web/../tests/web_test_helpers";

defineMailModels();

const ADA = 1;
const ADELE = 2;
const PER_MINUTE = 1.15;
const GHOST = ".o_salon_board_ghost";
const column = (id) => `.o_salon_board_column[data-id='${id}']`;
const card = (id) => `.o_salon_board_card[data-id='${id}']`;

function makeVisit(id, from, values = {}) {
    return {
        id,
        key: `${id}-${from}`,
        from,
        to: from + 60,
        client: `Client ${id}`,
        services: "Roots",
        time: "",
        state: "booked",
        is_movable: true,
        overlap: false,
        outside: false,
        parts: 1,
        pauses: [],
        cleaning: [],
        lane: 0,
        lanes: 1,
        ...values,
    };
}

function makeColumn(id, name, cards) {
    const work = [[540, 900]];
    return {id, name, color: id, work, free: work, off: [], taken: [], cards};
}

function makeDay(cards = [], values = {}) {
    return {
        day: "2026-03-10",
        title: "Tuesday 10 March",
        today: "2026-03-01",
        now: 600,
        step: 15,
        can_call: true,
        freed: 0,
        opens: 540,
        closes: 900,
        columns: [makeColumn(ADA, "Ada", cards), makeColumn(ADELE, "Adele", [])],
        ...values,
    };
}

/** The board of a day; what it asks the server and opens are steps of the test. */
async function openBoard(day, answers = {}) {
    onRpc("salon.day.board", "get_day", ({args}) => {
        expect.step(`get_day ${args[0]}`);
        return {...day, day: args[0] || day.day};
    });
    onRpc("salon.day.board", "get_start", ({args: [on, minute]}) => {
        const hours = String(Math.floor(minute / 60)).padStart(2, "0");
        return `${on} ${hours}:${String(minute % 60).padStart(2, "0")}:00`;
    });
    onRpc("salon.day.board", "move_visit", ({args}) => {
        expect.step(`move_visit ${args.join(" ")}`);
        return (answers.move_visit || (() => ({})))(...args);
    });
    onRpc("salon.visit", "action_confirm", ({args}) => {
        expect.step(`action_confirm ${args[0]}`);
        return true;
    });
    mockService("dialog", {
        add: (component, props, options) => {
            if (component === FormViewDialog) {
                expect.step(describeForm(props));
                openBoard.close = options.onClose;
            } else if (component === ConfirmationDialog) {
                expect.step(`ask ${props.body}`);
                (answers.confirm ? props.confirm : props.cancel)();
            } else {
                expect.step(`tell ${props.data.message}`);
            }
            return () => {};
        },
    });
    await mountWithCleanup(DayBoard, {props: {action: {context: {}}}});
    expect.verifySteps(["get_day false"]);
}

function describeForm({resId, context = {}}) {
    const {default_start: start, default_stop: stop} = context;
    const times = [start, stop].filter(Boolean).map((time) => time.slice(11, 16));
    const parts = [resId, context.default_stylist_id, ...times];
    return `form ${parts.filter(Boolean).join(" ")}`;
}

/** Where the pointer is at a minute of the day, in the column of a stylist. */
function pointAt(stylistId, minute, below = 1) {
    const {x, y} = queryRect(column(stylistId));
    const clientY = y + (minute - 540) * PER_MINUTE + below;
    return {position: {clientX: x + 20, clientY}};
}

/** Takes a card so many pixels below its upper edge. */
function grip(id, below = 1) {
    const {x, y} = queryRect(card(id));
    const position = {clientX: x + 20, clientY: y + below};
    return {position, initialPointerMoveDistance: 0};
}

const area = () => queryFirst(".o_salon_board_scroll");

async function move(id, stylistId, minute) {
    const {drop, moveTo} = await contains(card(id)).drag(grip(id, 40));
    await moveTo(area(), pointAt(stylistId, minute, 40));
    await drop();
    await animationFrame();
}

// ---- placing ----

test("visits that overlap stand side by side", async () => {
    const lanes = {overlap: true, lanes: 2};
    await openBoard(
        makeDay([
            makeVisit(1, 600, {...lanes, lane: 0}),
            makeVisit(2, 630, {...lanes, lane: 1}),
        ])
    );
    const [first, second] = [queryRect(card(1)), queryRect(card(2))];
    expect(Math.abs(first.right - second.left)).toBeLessThan(2);
    expect(Math.abs(second.top - first.top - 30 * PER_MINUTE)).toBeLessThan(1);
    expect(`${card(1)} .fa-clone`).toHaveCount(1);
});

test("a day without stylists says what to do", async () => {
    await openBoard(makeDay([], {columns: []}));
    expect(".o_view_nocontent").toHaveCount(1);
    expect(".o_salon_board_column").toHaveCount(0);
});

// ---- clicking ----

test("a click on free time books there, in steps of the salon", async () => {
    await openBoard(makeDay());
    await contains(column(ADELE)).click(pointAt(ADELE, 614));
    expect.verifySteps(["form 2 10:00"]);
});

test("a click on a visit opens it, and nothing is moved", async () => {
    await openBoard(makeDay([makeVisit(1, 600)]));
    await contains(card(1)).click();
    expect.verifySteps(["form 1"]);
});

test("one click is the next step of a visit", async () => {
    await openBoard(makeDay([makeVisit(1, 600)]));
    await contains(`${card(1)} .o_salon_board_step`).click();
    expect.verifySteps(["action_confirm 1", "get_day 2026-03-10"]);
});

test("a step hours before the visit asks first", async () => {
    const question = {type: "ir.actions.act_window", res_model: "salon.visit.step"};
    onRpc("salon.visit", "action_ask_done", () => question);
    mockService("action", {
        doAction: (action, {onClose}) => {
            expect.step(`ask ${action.res_model}`);
            return onClose();
        },
    });
    await openBoard(makeDay([makeVisit(1, 600, {state: "arrived"})]));
    await contains(`${card(1)} .o_salon_board_step`).click();
    expect.verifySteps(["ask salon.visit.step", "get_day 2026-03-10"]);
});

test("who was thought to be missing is booked again by one click", async () => {
    onRpc("salon.visit", "action_book", ({args}) => {
        expect.step(`action_book ${args[0]}`);
        return true;
    });
    await openBoard(makeDay([makeVisit(1, 600, {state: "no_show"})]));
    await contains(`${card(1)} .o_salon_board_step[title='Back to booked']`).click();
    expect.verifySteps(["action_book 1", "get_day 2026-03-10"]);
});

test("what must be known of a client stands on the card", async () => {
    await openBoard(makeDay([makeVisit(1, 600, {warning: "Allergic to PPD"})]));
    expect(`${card(1)} .o_salon_board_warning[title='Allergic to PPD']`).toHaveCount(1);
});

test("the day before and after", async () => {
    await openBoard(makeDay());
    await contains(".o_salon_board_next").click();
    await contains(".o_salon_board_previous").click();
    expect.verifySteps(["get_day 2026-03-11", "get_day 2026-03-10"]);
});

// ---- moving ----

test("a visit is moved to another stylist and another time", async () => {
    await openBoard(makeDay([makeVisit(7, 600)]));
    await move(7, ADELE, 700);
    expect.verifySteps(["move_visit 7 2026-03-10 705 1 2 false", "get_day 2026-03-10"]);
    expect(GHOST).toHaveCount(0);
    expect(".opacity-25").toHaveCount(0);
});

test("where a visit would go is shown while it is held", async () => {
    await openBoard(makeDay([makeVisit(7, 600)]));
    const {cancel, moveTo} = await contains(card(7)).drag(grip(7));
    await moveTo(area(), pointAt(ADELE, 660));
    await animationFrame();
    expect(`${column(ADELE)} ${GHOST}`).toHaveCount(1);
    expect(card(7)).toHaveClass("opacity-25");
    await cancel();
    await animationFrame();
    expect(GHOST).toHaveCount(0);
    expect.verifySteps([]);
});

test("Escape puts a visit back", async () => {
    await openBoard(makeDay([makeVisit(7, 600)]));
    const {drop, moveTo} = await contains(card(7)).drag(grip(7));
    await moveTo(area(), pointAt(ADELE, 660));
    await press("Escape");
    await drop();
    await animationFrame();
    expect(GHOST).toHaveCount(0);
    expect.verifySteps([]);
});

test("a visit that comes back to its place is not moved", async () => {
    await openBoard(makeDay([makeVisit(7, 600)]));
    const {drop, moveTo} = await contains(card(7)).drag(grip(7));
    await moveTo(area(), pointAt(ADELE, 700));
    await moveTo(area(), pointAt(ADA, 600));
    await drop();
    await animationFrame();
    expect.verifySteps([]);
});

test("a visit is not moved out of the hours that are drawn", async () => {
    await openBoard(makeDay([makeVisit(7, 600)]));
    await move(7, ADA, 300);
    expect.verifySteps(["move_visit 7 2026-03-10 540 1 1 false", "get_day 2026-03-10"]);
});

test("what is done stays where it was", async () => {
    const done = makeVisit(7, 600, {state: "done", is_movable: false});
    await openBoard(makeDay([done]));
    await move(7, ADELE, 700);
    expect(GHOST).toHaveCount(0);
    expect.verifySteps([]);
});

const ASKED = "ask Adele works till 15:00.";
const question = (...args) =>
    args.at(-1) ? {} : {question: "Adele works till 15:00."};

test("outside of working hours it is asked, and moved when confirmed", async () => {
    const answers = {move_visit: question, confirm: true};
    await openBoard(makeDay([makeVisit(7, 600)]), answers);
    await move(7, ADELE, 840);
    expect.verifySteps([
        "move_visit 7 2026-03-10 840 1 2 false",
        ASKED,
        "move_visit 7 2026-03-10 840 1 2 true",
        "get_day 2026-03-10",
        "get_day 2026-03-10",
    ]);
});

test("outside of working hours it stays when that is declined", async () => {
    await openBoard(makeDay([makeVisit(7, 600)]), {move_visit: question});
    await move(7, ADELE, 840);
    expect.verifySteps([
        "move_visit 7 2026-03-10 840 1 2 false",
        ASKED,
        "get_day 2026-03-10",
    ]);
});

test("a move that the server refuses shows the day as it is", async () => {
    expect.errors(1);
    const move_visit = () => {
        throw makeServerError({message: "Adele is taken."});
    };
    await openBoard(makeDay([makeVisit(7, 600)]), {move_visit});
    await move(7, ADELE, 700);
    expect.verifySteps([
        "move_visit 7 2026-03-10 705 1 2 false",
        "get_day 2026-03-10",
        "tell Adele is taken.",
    ]);
    expect.verifyErrors(["Adele is taken."]);
    expect(GHOST).toHaveCount(0);
});

// ---- drawing ----

async function draw(from, to) {
    const {drop, moveTo} = await contains(column(ADA)).drag({
        ...pointAt(ADA, from),
        initialPointerMoveDistance: 0,
    });
    await moveTo(area(), pointAt(ADA, to));
    await animationFrame();
    return drop;
}

test("a visit is drawn over free time, and stays drawn until it is decided", async () => {
    await openBoard(makeDay());
    const drop = await draw(610, 680);
    expect(`${column(ADA)} ${GHOST}`).toHaveCount(1);
    await drop();
    await animationFrame();
    expect.verifySteps(["form 1 10:00 11:30"]);
    expect(GHOST).toHaveCount(1);
    await openBoard.close();
    await animationFrame();
    expect(GHOST).toHaveCount(0);
    expect.verifySteps(["get_day 2026-03-10"]);
});

test("what is drawn upwards is as short as a visit can be", async () => {
    await openBoard(makeDay());
    const drop = await draw(660, 560);
    await drop();
    await animationFrame();
    expect.verifySteps(["form 1 11:00 11:15"]);
});

test("Escape forgets what is drawn", async () => {
    await openBoard(makeDay());
    await draw(610, 680);
    await press("Escape");
    await animationFrame();
    expect(GHOST).toHaveCount(0);
    expect.verifySteps([]);
});

// ---- meanwhile ----

test("the board is read anew every minute, but not while something is held", async () => {
    await openBoard(makeDay([makeVisit(7, 600)]));
    await advanceTime(60000);
    expect.verifySteps(["get_day 2026-03-10"]);
    const {cancel, moveTo} = await contains(card(7)).drag(grip(7));
    await moveTo(area(), pointAt(ADELE, 660));
    await advanceTime(60000);
    expect.verifySteps([]);
    await cancel();
    await advanceTime(60000);
    expect.verifySteps(["get_day 2026-03-10"]);
});

// ---- by finger ----

test("a finger must rest before it takes a visit along", async () => {
    mockTouch(true);
    await openBoard(makeDay([makeVisit(7, 600)]));
    const swipe = await contains(card(7)).drag({...grip(7), pointerDownDuration: 100});
    await swipe.moveTo(area(), pointAt(ADELE, 700));
    await animationFrame();
    expect(GHOST).toHaveCount(0);
    await swipe.drop();
    await animationFrame();
    expect.verifySteps([]);
    const rest = await contains(card(7)).drag({...grip(7), pointerDownDuration: 400});
    await rest.moveTo(area(), pointAt(ADELE, 700));
    await rest.drop();
    await animationFrame();
    expect.verifySteps(["move_visit 7 2026-03-10 705 1 2 false", "get_day 2026-03-10"]);
});
