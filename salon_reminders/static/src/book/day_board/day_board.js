import {Component, onWillStart, onWillUnmount, useRef, useState} from "@odoo/owl";
import {
    PIXELS_PER_MINUTE,
    formatMinute,
    hoursOf,
    minuteAt,
    place,
    placeCard,
    placePause,
} from "./board_geometry";
import {
    deserializeDate,
    deserializeDateTime,
    serializeDate,
    serializeDateTime,
} from "@web/core/l10n/dates";
import {useCardMove, useVisitDraw} from "./board_drag";
import {FormViewDialog} from "@web/views/view_dialogs/form_view_dialog";
import {KeepLast} from "@web/core/utils/concurrency";
import {_t} from "@web/core/l10n/translation";
import {browser} from "@web/core/browser/browser";
import {confirmBooking, offerUndo} from "../visit_book/booking_question";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";

const REFRESH_MS = 60000;
// So long before a visit, in minutes, the client may be expected at the door.
const EXPECTED = 60;
// So long after its beginning she is asked for.
const MISSED = 10;
// A walk-in does not fit into less, in minutes.
const SHORTEST = 30;
// So long is a blocked time that is not drawn, in minutes.
const BLOCKED = 60;
const CONFIRM = {action: "action_confirm", icon: "fa-check", title: _t("Confirmed")};
const ARRIVE = {action: "action_ask_arrive", icon: "fa-sign-in", title: _t("Arrived")};
const DONE = {action: "action_ask_done", icon: "fa-flag-checkered", title: _t("Done")};
const NO_SHOW = {
    action: "action_ask_no_show",
    icon: "fa-user-times",
    title: _t("No-show"),
};
const BACK = {action: "action_book", icon: "fa-undo", title: _t("Back to booked")};

/** One day of the salon: a column per stylist, visits to click and to drag. */
export class DayBoard extends Component {
    static template = "salon_reminders.DayBoard";
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.area = useRef("area");
        this.state = useState({
            data: null,
            draft: null,
            moving: null,
            // Whether what is drawn is a blocked time instead of a visit.
            isBlocking: false,
        });
        Object.assign(this, {formatMinute, placePause});
        this.lastLoad = new KeepLast();
        useCardMove(this);
        useVisitDraw(this);
        onWillStart(() => this.load(this.props.action.context.day));
        const timer = browser.setInterval(() => this.refresh(), REFRESH_MS);
        onWillUnmount(() => browser.clearInterval(timer));
    }

    // ---- data ----

    async load(day) {
        // Steps that follow each other fast start from the day asked for last.
        this.day = day || this.today;
        const data = await this.lastLoad.add(
            this.orm.call("salon.day.board", "get_day", [day || false])
        );
        Object.assign(this, {day: data.day, today: data.today});
        this.state.data = data;
    }

    async refresh() {
        if (!document.hidden && !this.state.moving && !this.state.draft) {
            await this.load(this.day);
        }
    }

    async go(days) {
        await this.load(serializeDate(deserializeDate(this.day).plus({days})));
    }

    onDay(ev) {
        return ev.target.value && this.load(ev.target.value);
    }

    // ---- drawing ----

    get data() {
        return this.state.data;
    }

    get hours() {
        return hoursOf(this.data).map((minute) => ({
            minute,
            label: formatMinute(minute),
        }));
    }

    get height() {
        return (this.data.closes - this.data.opens) * PIXELS_PER_MINUTE;
    }

    place(times) {
        return place(times, this.data);
    }

    placeCard(card) {
        return placeCard(card, this.data);
    }

    get isToday() {
        return this.data.day === this.data.today;
    }

    get hasNow() {
        const {now, opens, closes} = this.data;
        return this.isToday && now >= opens && now <= closes;
    }

    /** Minutes until a card begins, by the salon's clock. */
    minutesUntil(card) {
        const {day, today, now} = this.data;
        return day === today ? card.from - now : (day > today ? 1 : -1) * Infinity;
    }

    /** The steps that one click on a card makes: the next, and missed once it is late. */
    steps(card) {
        const left = this.minutesUntil(card);
        if (card.state === "arrived") {
            return [DONE];
        }
        if (card.state === "no_show") {
            return [BACK];
        }
        if (!["booked", "confirmed"].includes(card.state)) {
            return [];
        }
        const next = card.state === "booked" && left > EXPECTED ? CONFIRM : ARRIVE;
        if (left === Infinity && card.state === "confirmed") {
            return [];
        }
        return left <= -MISSED ? [next, NO_SHOW] : [next];
    }

    /** A time off, within the hours that are drawn. */
    placeOff({from, to}) {
        const {opens, closes} = this.data;
        return this.place([Math.max(from, opens), Math.min(to, closes)]);
    }

    get freedLabel() {
        return _t("%s freed", this.data.freed);
    }

    get freedTitle() {
        return _t("Times freed by cancellations, which nobody has taken yet");
    }

    // ---- steps ----

    async onStep(card, {action}) {
        const question = await this.orm.call("salon.visit", action, [[card.id]]);
        if (question && question.type) {
            const onClose = () => this.load(this.day);
            return this.action.doAction(question, {onClose});
        }
        await this.load(this.day);
    }

    openVisit(card) {
        this.dialog.add(
            FormViewDialog,
            {
                resModel: "salon.visit",
                resId: card.id,
                title: card.client,
                onRecordSaved: () => this.load(this.day),
            },
            {onClose: () => this.load(this.day)}
        );
    }

    /** Books at the time that is clicked. */
    onFreeTime(column, {clientY, currentTarget}) {
        const {top} = currentTarget.getBoundingClientRect();
        return this.newVisit(column.id, minuteAt(clientY - top, this.data));
    }

    /** The moment of a minute of the day. */
    getStart(minute) {
        return this.orm.call("salon.day.board", "get_start", [this.data.day, minute]);
    }

    async newVisit(stylistId, from, to, values = {}) {
        if (this.state.isBlocking) {
            return this.blockTime(stylistId, from, to);
        }
        const start = await this.getStart(from);
        const context = {default_start: start, default_stylist_id: stylistId};
        if (to) {
            const stop = deserializeDateTime(start).plus({minutes: to - from});
            context.default_stop = serializeDateTime(stop);
        }
        for (const [name, value] of Object.entries(values)) {
            context[`default_${name}`] = value;
        }
        // Somebody else who does the service takes them, if this stylist does not.
        context.salon_first_free = Boolean(values.is_walk_in);
        this.dialog.add(
            FormViewDialog,
            {
                resModel: "salon.visit",
                title: _t("New visit"),
                context,
            },
            {onClose: () => this.endDraft()}
        );
    }

    // ---- days off and blocked times ----

    get toMoveLabel() {
        return _t("%s to move", this.data.to_move);
    }

    toggleBlocking() {
        this.state.isBlocking = !this.state.isBlocking;
    }

    async blockTime(stylistId, from, to = from + BLOCKED) {
        this.state.isBlocking = false;
        const [start, stop] = await Promise.all([
            this.getStart(from),
            this.getStart(to),
        ]);
        return this.enterOff({kind: "blocked", stylist_id: stylistId, start, stop});
    }

    /** What is entered for a stylist from the head of the column. */
    async onAway({id}) {
        const {day, now, can_close: canClose} = this.data;
        const from = this.isToday ? now - (now % 5) : this.data.opens;
        const [start, stop] = await Promise.all([
            this.getStart(from),
            this.getStart(Math.min(from + BLOCKED, 24 * 60)),
        ]);
        const other = canClose ? "off" : "blocked";
        const kind = this.isToday ? "ill" : other;
        const days = {first_date: day, last_date: day};
        return this.enterOff({kind, stylist_id: id, start, stop, ...days});
    }

    /** What was entered here is changed; over all else a visit can be booked. */
    onOff({id}, ev) {
        if (id && !this.state.isBlocking) {
            ev.stopPropagation();
            this.enterOff({leave_id: id});
        }
    }

    enterOff(values) {
        const context = {};
        for (const [name, value] of Object.entries(values)) {
            context[`default_${name}`] = value;
        }
        return this.action.doAction("salon_reminders.salon_day_off_action", {
            additionalContext: context,
            onClose: () => this.endDraft(),
        });
    }

    onToMove() {
        return this.action.doAction("salon_reminders.salon_visit_action_to_move");
    }

    /** Booked or given up: perhaps because a colleague took the time. */
    endDraft() {
        this.state.draft = null;
        return this.load(this.day);
    }

    /** A walk-in goes to who is free now, or free first. */
    async onWalkIn() {
        await this.load(false);
        const {columns, now} = this.data;
        const next = ({free}) => {
            const fits = free.filter(
                ([from, to]) => to - Math.max(from, now) >= SHORTEST
            );
            return Math.min(24 * 60, ...fits.map(([from]) => from));
        };
        const first = [...columns].sort((a, b) => next(a) - next(b))[0];
        const minute = now - (now % 5);
        await this.newVisit(first && first.id, minute, null, {
            state: "arrived",
            is_walk_in: true,
        });
    }

    onGaps() {
        this.action.doAction("salon_reminders.salon_gap_finder_action", {
            additionalContext: {day: this.data.day},
        });
    }

    // ---- moving ----

    async moveCard(card, fromId, toId, minute, confirmed = false) {
        const args = [card.id, this.data.day, minute, fromId, toId, confirmed];
        try {
            const answer = await this.orm.call("salon.day.board", "move_visit", args);
            if (
                answer.question &&
                (await confirmBooking(this.dialog, answer.question))
            ) {
                return this.moveCard(card, fromId, toId, minute, true);
            }
            if (answer.undo) {
                offerUndo(this, card.id, answer.undo, () => this.load(this.day));
            }
        } finally {
            await this.load(this.day);
        }
    }
}

registry.category("actions").add("salon_reminders.day_board", DayBoard);
