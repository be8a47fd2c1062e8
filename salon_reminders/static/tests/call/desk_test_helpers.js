import {DeskModel} from "@salon_reminders/call/call_desk/desk_model";
import {expect} from "@odoo/hoot";

export const LIMITS = {page: 3, changes: 2, text: 20};
export const NO_ANSWER = {id: 1, name: "No answer", kind: "no_answer", key: "n"};
export const BOOKED = {id: 2, name: "Booked", kind: "booked", key: "b"};
export const CALL_BACK = {id: 3, name: "Call back", kind: "call_back", key: "c"};
export const LEFT_US = {id: 4, name: "Left us", kind: "left_us", key: "l"};
export const NO_ADVERTISING = {id: 5, name: "No ads", kind: "no_advertising", key: "a"};
export const WRONG_NUMBER = {id: 6, name: "Wrong", kind: "wrong_number", key: "w"};
export const DECLINED = {id: 7, name: "Declined", kind: "declined", key: "d"};
const COUNTERS = {todo: 0, later: 0, done: 0, booked: 0, unreachable: 0, share: 0};

/** A row of the queue as the server sends it; the most valuable comes first. */
export function makeRow(id, values = {}) {
    const {value = 1000 - id, part = 1, ...others} = values;
    return {
        id,
        name: `Client ${id}`,
        needs: "Roots",
        kind: "reminder",
        days_over: 0,
        hour: false,
        call_at: "",
        waiting: part === 2,
        promised: part === 0,
        value,
        attempts: 0,
        claimed_by: "",
        claimed_by_me: false,
        rank: [part, "", -value, "2026-03-01", id],
        ...others,
    };
}

/** The card of a call as the server sends it. */
export function makeCard(id, values = {}) {
    return {
        id,
        partner_id: 100 + id,
        name: `Client ${id}`,
        state: "open",
        attempt_id: 0,
        kind: "reminder",
        phone: "+36 1 234 567",
        promised: false,
        claim_until: "",
        proposals: [],
        script: "",
        why: "",
        call_note: "",
        close_text: "",
        undo_id: false,
        usual_hour: false,
        stylist_id: false,
        services: [],
        reminders: [],
        warning: "",
        same_number: [],
        history: [],
        visits: [],
        zones_ignored: [],
        promotions: [],
        formula: "",
        value: 0,
        ...values,
    };
}

export function makeAttempt(id, values = {}) {
    return {
        id,
        call_id: id,
        name: "",
        outcome: "",
        mine: true,
        undone: false,
        ...values,
    };
}

export function makeChanges(values = {}) {
    return {changed: [], calls: [], done: [], counters: COUNTERS, ...values};
}

export function makeQueue(calls, values = {}) {
    const counters = {...COUNTERS, todo: calls.length};
    return {calls, done: [], counters, today: "2026-03-10", ...values};
}

export function makeLogged(values = {}) {
    return {attempt_id: 7, text: "Logged.", changes: makeChanges(), ...values};
}

/** What the server of a desk answers by itself: three calls, the first is the best. */
export function makeAnswers() {
    const calls = [1, 2, 3].map((id) => makeRow(id));
    return {
        open_desk: () => ({
            ...makeQueue(calls),
            company_id: 1,
            currency_id: 1,
            timezone: "Europe/Budapest",
            limits: LIMITS,
            outcomes: [
                NO_ANSWER,
                BOOKED,
                CALL_BACK,
                LEFT_US,
                NO_ADVERTISING,
                WRONG_NUMBER,
                DECLINED,
            ],
            reasons: [{id: 11, name: "Moved away"}],
            stylists: [{id: 21, name: "Vera"}],
        }),
        get_queue: () => makeQueue(calls),
        get_more: () => ({calls: []}),
        get_changes: () => makeChanges(),
        get_times: () => ({proposals: [], script: "Hello"}),
        take_call: (callId) => ({card: makeCard(callId)}),
        take_next: () => ({card: false}),
        show_call: (callId) => ({card: makeCard(callId)}),
        release_call: () => true,
        renew_call: () => false,
        log_outcome: () => makeLogged(),
    };
}

/** The server of a desk; each request is a step of the test, without its token. */
export class FakeOrm {
    constructor(answers = {}) {
        this.answers = {...makeAnswers(), ...answers};
    }

    async call(model, method, args, {context, ...kwargs}) {
        const shown = method === "log_outcome" ? args.slice(0, 2) : args;
        if (!this.isOver) {
            expect.step([method, ...shown].join(" "));
        }
        this.context = context;
        return this.answers[method](...args, kwargs);
    }
}

/** A desk that is open, with what it told the receptionist, and what it asked first. */
export async function openDesk(answers, asked = []) {
    const orm = new FakeOrm(answers);
    const told = [];
    const desk = new DeskModel(orm, (text, kind) => told.push(`${kind}: ${text}`));
    await desk.open();
    expect.verifySteps(["open_desk mine", ...asked]);
    return {desk, told, orm};
}

/** The same, with a client on the phone. */
export async function openCall(callId, answers) {
    const opened = await openDesk(answers);
    await opened.desk.take(callId);
    expect.verifySteps([`take_call ${callId}`, `get_times ${callId}`]);
    return opened;
}
