import {expect, mockTimeZone, test} from "@odoo/hoot";
import {
    formatMinute,
    hoursOf,
    minuteAt,
    place,
    placeCard,
    placePause,
} from "@salon_reminders/book/day_board/board_geometry";

const DAY = {opens: 540, closes: 660, step: 15};
const PER_MINUTE = 1.15;

test("a visit is as high as it is long, and always to be seen", () => {
    expect(place([540, 600], DAY)).toBe("top: 0px; height: 69px;");
    expect(place([600, 600], DAY)).toBe("top: 69px; height: 4px;");
});

test("visits that overlap share the width of their stylist", () => {
    const card = {from: 540, to: 640, lanes: 2};
    expect(placeCard({...card, lane: 0}, DAY)).toMatch(/left: 0%; width: 50%;$/);
    expect(placeCard({...card, lane: 1}, DAY)).toMatch(/left: 50%; width: 50%;$/);
    expect(placeCard({...card, lane: 0, lanes: 1}, DAY)).toMatch(/width: 100%;$/);
});

test("a processing time lies within its visit", () => {
    const card = {from: 540, to: 640};
    expect(placePause([560, 600], card)).toBe("top: 23px; height: 46px;");
});

test("the pointer is at a minute in steps of the salon", () => {
    const at = (minutes) => minutes * PER_MINUTE;
    expect(minuteAt(at(0), DAY)).toBe(540);
    expect(minuteAt(at(14), DAY)).toBe(540);
    expect(minuteAt(at(15) + 0.1, DAY)).toBe(555);
    expect(minuteAt(at(7), DAY, Math.round)).toBe(540);
    expect(minuteAt(at(8), DAY, Math.round)).toBe(555);
    expect(minuteAt(at(1), DAY, Math.ceil)).toBe(555);
    expect(minuteAt(at(14), {...DAY, step: 5})).toBe(550);
});

test("the pointer never leaves the hours that are drawn", () => {
    expect(minuteAt(-500, DAY)).toBe(540);
    expect(minuteAt(5000, DAY, Math.ceil)).toBe(660);
});

test("every hour that is drawn has its line", () => {
    expect(hoursOf(DAY)).toEqual([540, 600]);
    expect(hoursOf({opens: 540, closes: 540})).toEqual([]);
});

test("hours are those of the salon, also where this hour does not exist", () => {
    mockTimeZone("Europe/Budapest");
    const clock = {hour: 2, minute: 30};
    const shown = luxon.DateTime.utc(2026, 1, 1, clock.hour, clock.minute);
    const expected = shown.toLocaleString(luxon.DateTime.TIME_SIMPLE);
    expect(formatMinute(150)).toBe(expected);
    expect(formatMinute(24 * 60)).toBe(formatMinute(0));
});
