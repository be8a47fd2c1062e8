import {
    BOOKED,
    CALL_BACK,
    DECLINED,
    LEFT_US,
    NO_ADVERTISING,
    NO_ANSWER,
    WRONG_NUMBER,
    makeCard,
} from "./desk_test_helpers";
import {
    choose,
    getDefaults,
    isAtOnce,
} from "@salon_reminders/call/call_desk/outcome_values";
import {expect, mockDate, test} from "@odoo/hoot";

test("a call back is proposed by the clock of the salon, not of the browser", () => {
    // In the browser it is still the 10th.
    mockDate("2026-03-10 20:30:00", "America/Los_Angeles");
    expect(getDefaults(CALL_BACK, makeCard(1), "Pacific/Auckland")).toEqual({
        day: "2026-03-12",
        hour: "09:00",
        confirmed: false,
    });
    expect(getDefaults(CALL_BACK, makeCard(1), "Europe/Budapest")).toEqual({
        day: "2026-03-11",
        hour: "21:00",
        confirmed: false,
    });
});

test("a call back is proposed at the hour at which the client answers", () => {
    mockDate("2026-03-10 12:00:00");
    const card = makeCard(1, {usual_hour: 8});
    expect(getDefaults(CALL_BACK, card, "Europe/Budapest").hour).toBe("08:00");
});

test("tomorrow is the next day, also when the clocks change", () => {
    // Half past midnight; the coming night has 23 hours, that of October 25.
    mockDate("2026-03-27 23:30:00", "Europe/Budapest");
    expect(getDefaults(CALL_BACK, makeCard(1), "Europe/Budapest").day).toBe(
        "2026-03-29"
    );
    mockDate("2026-10-23 22:30:00", "Europe/Budapest");
    expect(getDefaults(CALL_BACK, makeCard(1), "Europe/Budapest").day).toBe(
        "2026-10-25"
    );
});

test("a booking is proposed with what the call is about", () => {
    const services = [{id: 31}, {id: 32}];
    const card = makeCard(1, {stylist_id: 21, services});
    expect(getDefaults(BOOKED, card, "UTC")).toEqual({
        day: "",
        hour: "",
        stylist_id: 21,
        product_ids: [31, 32],
    });
});

test("who declines or leaves is asked how", () => {
    const card = makeCard(1, {reminders: [{id: 41}, {id: 42}]});
    const desk = {form: {outcome: DECLINED, values: getDefaults(DECLINED, card)}};
    expect(desk.form.values).toEqual({stop: false, reminder_ids: [41, 42]});
    choose(desk, {id: true});
    expect(desk.form.values).toEqual({stop: true, reminder_ids: [41, 42]});
    desk.form = {outcome: LEFT_US, values: getDefaults(LEFT_US, card)};
    choose(desk, {id: 11});
    expect(desk.form.values).toEqual({reason_id: 11, bring_back: "", gift: ""});
});

test("only what is taken lightly is logged at once", () => {
    expect([NO_ANSWER, NO_ADVERTISING].every(isAtOnce)).toBe(true);
    const grave = [{kind: "do_not_call"}, {kind: "delete_me"}, WRONG_NUMBER];
    const asking = [BOOKED, CALL_BACK, LEFT_US, DECLINED, ...grave];
    expect(asking.some(isAtOnce)).toBe(false);
});
