import {serializeDate} from "@web/core/l10n/dates";

// Logged at once; the others ask for something first, or to be sure.
const AT_ONCE = ["no_answer", "no_advertising"];
// Said during a call, which goes on.
const ASIDE = "no_advertising";
// What is asked for beside the call is smaller than what came of it.
const WISHES = [ASIDE, "delete_me"];

export function isAtOnce({kind}) {
    return AT_ONCE.includes(kind);
}

export function isAside({kind}) {
    return kind === ASIDE;
}

export function isWish({kind}) {
    return WISHES.includes(kind);
}

/** What the form of an outcome proposes, by the clock of the salon. */
export function getDefaults({kind}, card, timezone) {
    if (kind === "booked") {
        return {
            day: "",
            hour: "",
            stylist_id: card.stylist_id,
            product_ids: card.services.map((service) => service.id),
        };
    }
    if (kind === "call_back") {
        const now = luxon.DateTime.now().setZone(timezone);
        const hour = card.usual_hour || now.hour;
        return {
            day: serializeDate(now.plus({days: 1})),
            hour: `${String(hour).padStart(2, "0")}:00`,
            confirmed: false,
        };
    }
    if (kind === "declined") {
        return {stop: false, reminder_ids: card.reminders.map((need) => need.id)};
    }
    return kind === "left_us" ? {reason_id: false, bring_back: "", gift: ""} : {};
}

/** Takes a choice of the form that is open: how she declined, or why she left. */
export function choose(desk, choice) {
    const {outcome, values} = desk.form;
    if (outcome.kind === "declined") {
        values.stop = choice.id;
    } else {
        values.reason_id = choice.id;
    }
}
