import {Deferred, expect, mockDate, test} from "@odoo/hoot";
import {
    FakeOrm,
    LIMITS,
    makeAttempt,
    makeChanges,
    makeQueue,
    makeRow,
    openDesk,
} from "./desk_test_helpers";
import {QueueModel, compare} from "@salon_reminders/call/call_desk/queue_model";
import {DeskServer} from "@salon_reminders/call/call_desk/desk_server";
import {browser} from "@web/core/browser/browser";
import {user} from "@web/core/user";

const idsOf = (records) => records.map(({id}) => id);
const COLLEAGUE = {claimed_by: "Petra"};

/** A queue that was read: these calls, and so many more on later pages. */
function makeModel(calls, {answers, more = 0} = {}) {
    const queue = new QueueModel(new DeskServer(new FakeOrm(answers)));
    Object.assign(queue, {companyId: 1, limits: LIMITS});
    const data = makeQueue(calls);
    queue.apply({...data, counters: {...data.counters, todo: calls.length + more}});
    return queue;
}

test("promises come first, then value, then who waits for an hour", () => {
    const promised = makeRow(4, {part: 0, value: 1});
    const waiting = makeRow(1, {part: 2, value: 900});
    const best = makeRow(3, {value: 500});
    const older = {...makeRow(5, {value: 100}), rank: [1, "", -100, "2026-02-01", 5]};
    const newer = {...makeRow(2, {value: 100}), rank: [1, "", -100, "2026-03-01", 2]};
    const rows = [waiting, newer, older, best, promised].sort(compare);
    expect(idsOf(rows)).toEqual([4, 3, 5, 2, 1]);
    expect(compare(best, best)).toBe(0);
});

test("the first call that no colleague makes is chosen", () => {
    expect(makeModel([makeRow(1, COLLEAGUE), makeRow(2)]).selectedId).toBe(2);
    const own = makeRow(1, {claimed_by: "Me", claimed_by_me: true});
    expect(makeModel([own, makeRow(2)]).selectedId).toBe(1);
    expect(makeModel([makeRow(1, COLLEAGUE)]).selectedId).toBe(false);
    expect(makeModel([]).selectedId).toBe(false);
});

test("the chosen call stays chosen until it is gone", () => {
    const queue = makeModel([makeRow(1), makeRow(2), makeRow(3)]);
    queue.selectedId = 3;
    queue.merge(makeChanges({changed: [1]}));
    expect(queue.selectedId).toBe(3);
    queue.merge(makeChanges({changed: [3]}));
    expect(queue.selectedId).toBe(2);
});

test("up and down stop at the ends", () => {
    const queue = makeModel([makeRow(1), makeRow(2)]);
    queue.move(-1);
    expect(queue.selectedId).toBe(1);
    queue.move(1);
    queue.move(1);
    expect(queue.selectedId).toBe(2);
    const empty = makeModel([]);
    empty.move(1);
    expect(empty.selectedId).toBe(false);
});

test("what changed goes to its place in the order", () => {
    const queue = makeModel([makeRow(1), makeRow(2), makeRow(3)]);
    const calls = [makeRow(3, {value: 5000}), makeRow(2, {part: 2})];
    queue.merge(makeChanges({changed: [2, 3, 9], calls}));
    expect(idsOf(queue.calls)).toEqual([3, 1, 2]);
});

test("what belongs on a later page is not shown before it is read", () => {
    const queue = makeModel([makeRow(1), makeRow(2)], {more: 50});
    const counters = {...queue.counters};
    const calls = [makeRow(7), makeRow(8, {value: 2000})];
    queue.isLoading = true;
    queue.merge(makeChanges({changed: [7, 8], calls, counters}));
    expect(idsOf(queue.calls)).toEqual([8, 1, 2]);
});

test("what was logged stands above what was logged before", () => {
    const queue = makeModel([makeRow(1)]);
    queue.done = [makeAttempt(5), makeAttempt(4)];
    const undone = makeAttempt(4, {undone: true});
    queue.merge(makeChanges({changed: [4, 6], done: [makeAttempt(6), undone]}));
    expect(idsOf(queue.done)).toEqual([6, 5, 4]);
    expect(queue.done[2].undone).toBe(true);
});

test("the next page is asked for once, and no call is shown twice", async () => {
    const page = new Deferred();
    const queue = makeModel([makeRow(1), makeRow(2)], {
        answers: {get_more: () => page},
        more: 2,
    });
    const loading = [queue.loadMore(), queue.loadMore()];
    page.resolve({calls: [makeRow(2), makeRow(3), makeRow(4)]});
    await Promise.all(loading);
    expect.verifySteps(["get_more mine 2"]);
    expect(idsOf(queue.calls)).toEqual([1, 2, 3, 4]);
    await queue.loadMore();
    expect.verifySteps([]);
});

test("a page that could not be read can be asked for again", async () => {
    const failing = () => Promise.reject(new Error("gone"));
    const queue = makeModel([makeRow(1)], {answers: {get_more: failing}, more: 1});
    await expect(queue.loadMore()).rejects.toThrow("gone");
    await expect(queue.loadMore()).rejects.toThrow("gone");
    expect.verifySteps(["get_more mine 1", "get_more mine 1"]);
});

test("when few rows are left the next page is fetched", async () => {
    const queue = makeModel([makeRow(1), makeRow(2)], {more: 5});
    queue.merge(makeChanges({changed: [1], counters: {todo: 6, later: 0}}));
    expect.verifySteps(["get_more mine 1"]);
    queue.merge(makeChanges({changed: [], counters: {todo: 1, later: 0}}));
    expect.verifySteps([]);
});

test("a promise moves up when its hour has come, wherever the browser is", async () => {
    const call_at = "2026-03-10T15:00:00Z";
    const queue = makeModel([makeRow(1, {part: 2, call_at})]);
    mockDate("2026-03-10 14:59:00", "Asia/Tokyo");
    await queue.keepTime();
    expect.verifySteps([]);
    mockDate("2026-03-10 15:00:00", "America/Los_Angeles");
    await queue.keepTime();
    expect.verifySteps(["get_queue mine 3"]);
    expect(queue.calls).toHaveLength(3);
});

test("own changes and those of another salon are not followed", async () => {
    const {desk} = await openDesk();
    const {queue, server} = desk;
    const change = {company_id: 1, call_ids: [1], desk: "another"};
    expect(queue.heed({...change, desk: server.deskId})).toBe(false);
    expect(queue.heed({...change, company_id: 2})).toBe(false);
    expect(queue.changedIds).toEqual([]);
    expect(queue.heed(change)).toBe(true);
    expect(queue.changedIds).toEqual([1]);
});

test("a few changes are read one by one, many read all anew", async () => {
    const queue = makeModel([makeRow(1), makeRow(2), makeRow(3)]);
    queue.heed({company_id: 1, call_ids: [1, 2], desk: ""});
    queue.heed({company_id: 1, call_ids: [2], desk: ""});
    expect(await queue.follow()).toEqual([1, 2]);
    expect.verifySteps(["get_changes mine 1,2"]);
    queue.heed({company_id: 1, call_ids: [1, 2, 3], desk: ""});
    expect(await queue.follow()).toEqual([1, 2, 3]);
    expect.verifySteps(["get_queue mine 3"]);
    await queue.follow();
    expect.verifySteps(["get_changes mine "]);
});

test("as much is read anew as was there", async () => {
    const rows = [1, 2, 3, 4, 5].map((id) => makeRow(id));
    await makeModel(rows).refresh();
    await makeModel(rows.slice(0, 1)).refresh();
    expect.verifySteps(["get_queue mine 5", "get_queue mine 3"]);
});

test("whose calls are shown is remembered", async () => {
    const queue = makeModel([]);
    expect(queue.scope).toBe("mine");
    await queue.setScope("all");
    expect.verifySteps(["get_queue all 3"]);
    expect(makeModel([]).scope).toBe("all");
    browser.localStorage.removeItem("salon_desk_scope");
    expect(makeModel([]).scope).toBe("mine");
});

test("a person has one telephone", () => {
    const before = makeRow(1, {claimed_by: "Me", claimed_by_me: true});
    const queue = makeModel([before, makeRow(2), makeRow(3, COLLEAGUE)]);
    queue.markClaim(2);
    expect(queue.calls.map((call) => call.claimed_by)).toEqual([
        "",
        user.name,
        "Petra",
    ]);
    queue.markClaim(false);
    expect(queue.calls.map((call) => call.claimed_by)).toEqual(["", "", "Petra"]);
});
