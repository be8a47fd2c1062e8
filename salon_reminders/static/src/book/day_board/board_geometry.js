import {clamp} from "@web/core/utils/numbers";

export const PIXELS_PER_MINUTE = 1.15;
// So low a visit still can be seen, in pixels.
const LOWEST = 4;

/** Style of what lasts from one minute of the day to another. */
export function place([from, to], {opens}) {
    const top = (from - opens) * PIXELS_PER_MINUTE;
    const height = Math.max((to - from) * PIXELS_PER_MINUTE, LOWEST);
    return `top: ${top}px; height: ${height}px;`;
}

/** Style of a visit: those that overlap stand side by side. */
export function placeCard(card, day) {
    const width = 100 / card.lanes;
    const times = place([card.from, card.to], day);
    return `${times} left: ${card.lane * width}%; width: ${width}%;`;
}

/** Style of a processing time, within its card. */
export function placePause([from, to], card) {
    const top = (from - card.from) * PIXELS_PER_MINUTE;
    return `top: ${top}px; height: ${(to - from) * PIXELS_PER_MINUTE}px;`;
}

/** The minute of the day at so many pixels below the top, in steps of the salon. */
export function minuteAt(pixels, {opens, closes, step}, round = Math.floor) {
    const minute = opens + pixels / PIXELS_PER_MINUTE;
    return clamp(round(minute / step) * step, opens, closes);
}

/** The first minutes of the hours that are drawn. */
export function hoursOf({opens, closes}) {
    const count = (closes - opens) / 60;
    return [...Array(count).keys()].map((number) => opens + number * 60);
}

/** What a clock shows at a minute of the day, whatever day and place it is here. */
export function formatMinute(minute) {
    const midnight = luxon.DateTime.utc(2000);
    return midnight.plus({minutes: minute}).toLocaleString(luxon.DateTime.TIME_SIMPLE);
}
