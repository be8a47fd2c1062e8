import {
    BOOKED,
    NO_ADVERTISING,
    NO_ANSWER,
    makeAttempt,
    makeCard,
    makeChanges,
    makeLogged,
    makeRow,
    openCall,
    openDesk,
} from "./desk_test_helpers";
import {ConnectionLostError, RPCError} from "@web/core/network/rpc";
import {Deferred, advanceTime, expect, mockDate, test} from "@odoo/hoot";
import {Outbox} from "@salon_reminders/call/call_desk/outbox";
import {makeServerError} from "@web/../tests/web_test_helpers";

const REFUSED = () => Promise.reject(makeServerError({message: "Closed meanwhile."}));
const OFFLINE = () => Promise.reject(new ConnectionLostError("/web"));
const NOW = "2026-03-10 12:00:00";

function signedOut() {
    const error = new RPCError("Session expired");
    error.exceptionName = "odoo.http.SessionExpiredException";
    return Promise.reject(error);
}

/** What was sent with `log_outcome`, without its token. */
function sentOf(sent) {
    return sent.map(([callId, outcomeId, , {values}]) => [callId, outcomeId, values]);
}

// ---- one call ----

test("the desk opens with the calls of today and what the salon allows", async () => {
    const {desk, orm} = await openDesk();
    expect(desk.ready).toBe(true);
    expect(desk.card).toBe(null);
    expect(desk.queue.selectedId).toBe(1);
    expect(desk.timezone).toBe("Europe/Budapest");
    expect(desk.limits.text).toBe(20);
    expect(desk.queue.limits).toEqual(desk.limits);
    expect(orm.context.salon_desk).toBe(desk.server.deskId);
});

test("a call that is opened is claimed, and its free times follow", async () => {
    const times = new Deferred();
    const {desk} = await openCall(2, {get_times: () => times});
    expect(desk.card.name).toBe("Client 2");
    expect(desk.queue.selectedId).toBe(2);
    expect(desk.queue.calls[1].claimed_by_me).toBe(true);
    times.resolve({proposals: [{day: "2026-03-11"}], script: "Hello"});
    await times;
    expect(desk.card.proposals).toHaveLength(1);
});

test("free times that come late do not go onto another card", async () => {
    const times = new Deferred();
    const {desk} = await openCall(2, {get_times: (id) => (id === 2 ? times : {})});
    await desk.take(3);
    expect.verifySteps(["take_call 3", "get_times 3"]);
    times.resolve({script: "Hello client 2"});
    await times;
    expect(desk.card.id).toBe(3);
    expect(desk.card.script).toBe("");
});

test("whom a colleague has on the phone is not opened", async () => {
    const {desk, told} = await openDesk({take_call: () => ({taken_by: "Petra"})});
    expect(await desk.take(1)).toBe(false);
    expect.verifySteps(["take_call 1", "get_queue mine 3"]);
    expect(desk.card).toBe(null);
    expect(told).toEqual(["taken: Petra"]);
});

test("a call that is not there any more says so", async () => {
    const {desk} = await openDesk({take_call: REFUSED});
    expect(await desk.take(1)).toBe(false);
    expect.verifySteps(["take_call 1"]);
    expect(desk.server.error).toBe("Closed meanwhile.");
    expect(desk.isBusy).toBe(false);
    expect(await desk.take(false)).toBe(false);
    expect.verifySteps([]);
});

test("two keys at once open one call", async () => {
    const {desk} = await openDesk();
    const opened = await Promise.all([desk.take(1), desk.take(2)]);
    expect(opened).toEqual([true, false]);
    expect.verifySteps(["take_call 1", "get_times 1"]);
});

test("leaving a call gives it back to the others", async () => {
    const {desk} = await openCall(1);
    desk.note = "half a sentence";
    await desk.leave();
    expect.verifySteps(["release_call 1", "get_queue mine 3"]);
    expect(desk.card).toBe(null);
    expect(desk.note).toBe("");
    await desk.leave();
    expect.verifySteps([]);
});

// ---- the next call ----

test("who is put off comes again after all the others", async () => {
    const asked = [];
    const take_next = (scope, {skip_ids: skipIds}) => {
        asked.push([...skipIds]);
        const id = [1, 2].find((one) => !skipIds.includes(one));
        return {card: id ? makeCard(id) : false};
    };
    const {desk} = await openCall(1, {take_next});
    await desk.putOff();
    expect(desk.card.id).toBe(2);
    await desk.putOff();
    expect(desk.card.id).toBe(1);
    expect(asked).toEqual([[1], [1, 2], []]);
    expect.verifySteps([
        ...["take_next mine", "get_times 2"],
        ...["take_next mine", "take_next mine", "get_times 1"],
    ]);
});

test("when everybody is called the desk is empty", async () => {
    const {desk} = await openCall(1);
    await desk.takeNext();
    expect.verifySteps(["take_next mine", "get_queue mine 3"]);
    expect(desk.card).toBe(null);
    expect(desk.queue.calls.some((call) => call.claimed_by_me)).toBe(false);
});

// ---- the claim ----

async function openClaimed(renew_call) {
    mockDate(NOW);
    const claim_until = "2026-03-10T12:00:50Z";
    const opened = await openCall(1, {
        take_call: (id) => ({card: makeCard(id, {claim_until})}),
        renew_call,
    });
    return opened.desk;
}

test("a call is kept while somebody works on it", async () => {
    const desk = await openClaimed(() => "2026-03-10T12:05:50Z");
    desk.lastTouch = Date.now() - 59000;
    await desk.keepClaim();
    expect.verifySteps(["renew_call 1"]);
    expect(desk.card.claim_until).toBe("2026-03-10T12:05:50Z");
    expect(desk.isExpired).toBe(false);
    await desk.keepClaim();
    expect.verifySteps([]);
});

test("a call that nobody works on runs out", async () => {
    const desk = await openClaimed();
    desk.lastTouch = Date.now() - 61000;
    await desk.keepClaim();
    expect(desk.isExpired).toBe(false);
    mockDate("2026-03-10 12:00:51");
    desk.lastTouch = Date.now() - 61000;
    await desk.keepClaim();
    expect(desk.isExpired).toBe(true);
    expect.verifySteps([]);
});

test("who lost the claim to a colleague is told, and keeps what was typed", async () => {
    const desk = await openClaimed(() => false);
    desk.note = "She prefers";
    desk.lastTouch = Date.now();
    await desk.keepClaim();
    expect.verifySteps(["renew_call 1"]);
    expect(desk.isExpired).toBe(true);
    expect(desk.note).toBe("She prefers");
    // Taken again, it is hers.
    await desk.take(1);
    expect(desk.isExpired).toBe(false);
    expect.verifySteps(["take_call 1", "get_times 1"]);
});

test("a claim that is lost late does not spoil the next card", async () => {
    const kept = new Deferred();
    const desk = await openClaimed(() => kept);
    desk.lastTouch = Date.now();
    const renewing = desk.keepClaim();
    await desk.take(2);
    kept.resolve(false);
    await renewing;
    expect(desk.isExpired).toBe(false);
    expect.verifySteps(["renew_call 1", "take_call 2", "get_times 2"]);
});

// ---- outcomes ----

test("after an outcome the next call comes", async () => {
    const sent = [];
    const {desk, told} = await openCall(1, {
        log_outcome: (...args) => sent.push(args) && makeLogged(),
        take_next: () => ({card: makeCard(2)}),
    });
    desk.note = "Monday is good";
    desk.form = {outcome: BOOKED, values: {}};
    await desk.log(BOOKED, {day: "2026-03-11"});
    expect(sentOf(sent)).toEqual([[1, 2, {day: "2026-03-11", note: "Monday is good"}]]);
    expect(told).toEqual(["logged: Logged."]);
    expect(desk.card.id).toBe(2);
    expect([desk.note, desk.form]).toEqual(["", null]);
    expect(new Outbox().getKept()).toEqual([]);
    expect.verifySteps(["log_outcome 1 2", "take_next mine", "get_times 2"]);
});

test("what was logged leaves the queue", async () => {
    const changes = makeChanges({changed: [1], done: [makeAttempt(7)]});
    const {desk} = await openCall(1, {
        log_outcome: () => makeLogged({changes}),
        take_next: () => ({card: makeCard(2)}),
    });
    await desk.log(NO_ANSWER, {});
    expect(desk.queue.calls.map(({id}) => id)).toEqual([2, 3]);
    expect(desk.queue.done.map(({id}) => id)).toEqual([7]);
    expect.verifySteps(["log_outcome 1 1", "take_next mine", "get_times 2"]);
});

test("what the server refuses is shown, and what was typed stays", async () => {
    const {desk, told} = await openCall(1, {log_outcome: REFUSED});
    desk.note = "Monday is good";
    const values = {day: "2026-03-11", hour: "10:00"};
    desk.form = {outcome: BOOKED, values};
    await desk.log(BOOKED, values);
    expect.verifySteps(["log_outcome 1 2"]);
    expect(desk.server.error).toBe("Closed meanwhile.");
    expect(desk.card.id).toBe(1);
    expect(desk.note).toBe("Monday is good");
    expect(desk.form.values).toEqual(values);
    expect([desk.isBusy, told]).toEqual([false, []]);
    expect(new Outbox().getKept()).toEqual([]);
});

test("an error of the programme does not leave the desk stuck", async () => {
    const broken = () => Promise.reject(new TypeError("broken"));
    const {desk} = await openCall(1, {take_next: broken});
    desk.note = "typed";
    await expect(desk.takeNext()).rejects.toThrow("broken");
    expect.verifySteps(["take_next mine"]);
    expect([desk.server.busy, desk.note]).toEqual([false, "typed"]);
});

test("without a connection an outcome is sent again, once, until it arrives", async () => {
    const sent = [];
    const answers = [OFFLINE, OFFLINE, () => makeLogged()];
    const {desk} = await openCall(1, {
        log_outcome: (...args) => sent.push(args[2]) && answers.shift()(),
    });
    desk.note = "Monday is good";
    await desk.log(NO_ANSWER, {});
    expect(desk.server.isOffline).toBe(true);
    expect(desk.isBusy).toBe(true);
    expect(desk.note).toBe("Monday is good");
    // Nothing is begun meanwhile.
    await desk.takeNext();
    await desk.log(NO_ANSWER, {});
    expect(sent).toHaveLength(1);
    await advanceTime(3000);
    expect(desk.server.isOffline).toBe(true);
    await advanceTime(3000);
    expect(desk.server.isOffline).toBe(false);
    expect(desk.isBusy).toBe(false);
    expect(new Set(sent).size).toBe(1);
    expect.verifySteps([
        ...["log_outcome 1 1", "log_outcome 1 1", "log_outcome 1 1"],
        ...["take_next mine", "get_queue mine 3"],
    ]);
});

test("who is signed out keeps the outcome, and it is not sent in vain", async () => {
    const {desk} = await openCall(1, {log_outcome: signedOut});
    await expect(desk.log(NO_ANSWER, {})).rejects.toThrow("Session expired");
    await advanceTime(10000);
    expect.verifySteps(["log_outcome 1 1"]);
    expect(new Outbox().getKept()).toHaveLength(1);
});

// ---- two windows of one person ----

test("an outcome says which attempts were known", async () => {
    const sent = [];
    const {desk} = await openCall(1, {
        take_call: (id) => ({card: makeCard(id, {attempt_id: 7})}),
        log_outcome: (...args) => sent.push(args.at(-1)) && makeLogged(),
    });
    await desk.log(NO_ANSWER, {});
    expect(sent[0].seen).toBe(7);
    expect.verifySteps(["log_outcome 1 1", "take_next mine", "get_queue mine 3"]);
});

test("a call that was logged in another window must be taken again", async () => {
    const taken = [5, 8];
    const {desk} = await openCall(1, {
        take_call: (id) => ({card: makeCard(id, {attempt_id: taken.shift()})}),
        show_call: (id) => ({card: makeCard(id, {attempt_id: 8})}),
    });
    desk.queue.heed({company_id: 1, call_ids: [1], desk: ""});
    await desk.follow();
    expect([desk.isExpired, desk.card.attempt_id]).toEqual([true, 5]);
    await desk.take(1);
    expect([desk.isExpired, desk.card.attempt_id]).toEqual([false, 8]);
    expect.verifySteps([
        ...["get_changes mine 1", "show_call 1", "take_call 1", "get_times 1"],
    ]);
});

test("a note is kept until its outcome is logged", async () => {
    const answers = [{question: "Sure?"}, makeLogged({stays: true}), makeLogged()];
    const {desk} = await openCall(1, {log_outcome: () => answers.shift()});
    Object.assign(desk, {note: "Monday is good", form: {outcome: BOOKED, values: {}}});
    desk.keepNote();
    await desk.log(BOOKED, {});
    expect(desk.notes.get(1)).toBe("Monday is good");
    await desk.log(NO_ADVERTISING, {});
    expect(desk.notes.get(1)).toBe("Monday is good");
    await desk.log(NO_ANSWER, {});
    expect(desk.notes.get(1)).toBe("");
    expect.verifySteps([
        ...["log_outcome 1 2", "log_outcome 1 5", "show_call 1", "get_times 1"],
        ...["log_outcome 1 1", "take_next mine", "get_queue mine 3"],
    ]);
});

// ---- a desk that is opened anew ----

const KEPT = {callId: 1, outcomeId: 2, token: "t1", values: {note: "Monday is good"}};
const SENT = "log_outcome 1 2";

test("what was kept is sent when the desk opens again", async () => {
    new Outbox().keep(KEPT);
    const {desk, told} = await openDesk({}, [SENT]);
    expect(told).toEqual(["logged: Logged."]);
    expect([desk.card, desk.isBusy]).toEqual([null, false]);
    expect(new Outbox().getKept()).toEqual([]);
});

test("what was kept and is refused then shows the note that was typed", async () => {
    new Outbox().keep(KEPT);
    const {desk} = await openDesk({log_outcome: REFUSED}, [SENT]);
    expect(desk.server.error).toBe("Closed meanwhile.\nMonday is good");
    expect(new Outbox().getKept()).toEqual([]);
});

test("what was kept and must be confirmed opens its call again", async () => {
    new Outbox().keep(KEPT);
    const log_outcome = () => ({question: "The salon is closed."});
    const {desk} = await openDesk({log_outcome}, [
        ...[SENT, "take_call 1", "get_times 1"],
    ]);
    expect(desk.card.id).toBe(1);
    expect(desk.note).toBe("Monday is good");
    expect(desk.form.outcome).toEqual(BOOKED);
    expect(desk.question).toBe("The salon is closed.");
});

// ---- questions ----

test("what must be confirmed stays open until it is", async () => {
    const answers = [{question: "The salon is closed."}, makeLogged()];
    const {desk} = await openCall(1, {log_outcome: () => answers.shift()});
    desk.note = "At night";
    desk.form = {outcome: BOOKED, values: {hour: "23:00"}};
    await desk.log(BOOKED, desk.form.values);
    expect(desk.question).toBe("The salon is closed.");
    expect(desk.form.values).toEqual({hour: "23:00"});
    expect([desk.note, desk.isBusy]).toEqual(["At night", false]);
    await desk.log(BOOKED, {...desk.form.values, confirmed: true});
    expect([desk.question, desk.form]).toEqual(["", null]);
    expect.verifySteps([
        ...["log_outcome 1 2", "log_outcome 1 2"],
        ...["take_next mine", "get_queue mine 3"],
    ]);
});

// ---- undo ----

const UNDONE = {call_id: 3, changes: makeChanges({calls: [makeRow(3)], changed: [3]})};
const TAKEN = ["take_call 3", "get_times 3"];

test("what is undone is open again", async () => {
    const {desk} = await openDesk({undo_outcome: () => UNDONE});
    await desk.undo(7);
    expect.verifySteps(["undo_outcome 7", ...TAKEN]);
    expect(desk.card.id).toBe(3);
});

test("undo is about the own last outcome that still holds", async () => {
    const {desk} = await openDesk({undo_outcome: () => UNDONE});
    await desk.undoLast();
    expect.verifySteps([]);
    desk.queue.done = [
        makeAttempt(9, {mine: false}),
        makeAttempt(8, {undone: true}),
        makeAttempt(7),
        makeAttempt(6),
    ];
    await desk.undoLast();
    expect.verifySteps(["undo_outcome 7", ...TAKEN]);
});

test("an outcome that can't be undone any more says why", async () => {
    const {desk} = await openCall(1, {undo_outcome: REFUSED});
    desk.note = "typed";
    await desk.undo(7);
    expect.verifySteps(["undo_outcome 7"]);
    expect(desk.server.error).toBe("Closed meanwhile.");
    expect([desk.card.id, desk.note]).toEqual([1, "typed"]);
});

test("undo waits for the outcome that is on its way, and means that one", async () => {
    const logged = new Deferred();
    const changes = makeChanges({done: [makeAttempt(7)]});
    const {desk} = await openCall(1, {
        log_outcome: () => logged,
        take_next: () => ({card: makeCard(2)}),
        undo_outcome: () => UNDONE,
    });
    desk.queue.done = [makeAttempt(6)];
    const logging = desk.log(NO_ANSWER, {});
    const undoing = desk.undoLast();
    logged.resolve(makeLogged({changes}));
    await Promise.all([logging, undoing]);
    expect.verifySteps([
        ...["log_outcome 1 1", "take_next mine", "get_times 2"],
        ...["undo_outcome 7", ...TAKEN],
    ]);
    expect(desk.card.id).toBe(3);
});

test("when the outcome on its way is refused, nothing older is undone", async () => {
    const logged = new Deferred();
    const {desk} = await openCall(1, {log_outcome: () => logged});
    desk.queue.done = [makeAttempt(6)];
    const logging = desk.log(NO_ANSWER, {});
    const undoing = desk.undoLast();
    logged.reject(makeServerError({message: "Closed meanwhile."}));
    await Promise.all([logging, undoing]);
    expect.verifySteps(["log_outcome 1 1"]);
});

// ---- colleagues ----

function change(desk, ...callIds) {
    desk.queue.heed({company_id: 1, call_ids: callIds, desk: ""});
    return desk.follow();
}

test("the open card follows, with its free times and what is being typed", async () => {
    const times = {proposals: [{day: "2026-03-11"}], script: "Hello"};
    const {desk} = await openCall(1, {
        get_times: () => times,
        show_call: (id) => ({
            card: makeCard(id, {state: "done", close_text: "Booked"}),
        }),
    });
    desk.note = "half a sentence";
    const {card} = desk;
    await change(desk, 1);
    expect.verifySteps(["get_changes mine 1", "show_call 1"]);
    expect(desk.card).toBe(card);
    expect(card).toMatchObject({state: "done", close_text: "Booked", ...times});
    expect(desk.note).toBe("half a sentence");
});

test("what was booked at another desk leaves words, times and form", async () => {
    const [cut, roots] = [
        {id: 31, name: "Cut"},
        {id: 32, name: "Roots"},
    ];
    const told = {needs: "Roots", services: [roots]};
    const {desk} = await openCall(1, {
        take_call: (id) => ({
            card: makeCard(id, {needs: "Cut, Roots", services: [cut, roots]}),
        }),
        show_call: (id) => ({card: makeCard(id, told)}),
        get_times: () => ({proposals: [], script: "It is time for your Roots."}),
    });
    desk.form = {outcome: BOOKED, values: {product_ids: [31, 32, 99]}};
    await change(desk, 1);
    expect.verifySteps(["get_changes mine 1", "show_call 1", "get_times 1"]);
    expect(desk.card).toMatchObject({...told, script: "It is time for your Roots."});
    expect(desk.form.values.product_ids).toEqual([32, 99]);
});

/** An open call that changed, while its fresh card is still on the way. */
async function followSlowly() {
    const [asked, shown] = [new Deferred(), new Deferred()];
    const show_call = () => {
        asked.resolve();
        return shown;
    };
    const {desk} = await openCall(1, {show_call});
    const following = change(desk, 1);
    await asked;
    return {desk, shown, following};
}

test("an answer to an offer that is being saved is not overwritten", async () => {
    const {desk, shown, following} = await followSlowly();
    desk.card.promotions = [{id: 1, answer: "interested"}];
    shown.resolve({card: makeCard(1, {promotions: [{id: 1, answer: false}]})});
    await following;
    expect(desk.card.promotions[0].answer).toBe("interested");
    expect.verifySteps(["get_changes mine 1", "show_call 1"]);
});

test("what changes on other calls leaves the open card alone", async () => {
    const {desk} = await openCall(1);
    await change(desk, 2);
    expect.verifySteps(["get_changes mine 2"]);
});

test("a card that was left meanwhile does not come back", async () => {
    const {desk, shown, following} = await followSlowly();
    await desk.leave();
    shown.resolve({card: makeCard(1)});
    await following;
    expect(desk.card).toBe(null);
    expect.verifySteps([
        ...["get_changes mine 1", "show_call 1"],
        ...["release_call 1", "get_queue mine 3"],
    ]);
});

// ---- what is said beside the call ----

test("an objection keeps the call, and what was typed for its outcome", async () => {
    const sent = [];
    const {desk, told} = await openCall(2, {
        log_outcome: (...args) => {
            sent.push(args);
            return makeLogged({stays: true, text: "Client 2: No ads"});
        },
        show_call: (id) => ({card: makeCard(id, {promotions: [], why: "Agreed"})}),
        get_times: () => ({proposals: [], script: "Without an offer"}),
    });
    desk.note = "Wants a fringe";
    await desk.log(NO_ADVERTISING, {});
    expect(desk.card.id).toBe(2);
    expect(desk.card.why).toBe("Agreed");
    expect(desk.card.script).toBe("Without an offer");
    expect(desk.note).toBe("Wants a fringe");
    expect(sentOf(sent)).toEqual([[2, 5, {note: ""}]]);
    expect(told.at(-1)).toBe("logged: Client 2: No ads");
    expect.verifySteps(["log_outcome 2 5", "show_call 2", "get_times 2"]);
});
