import {deserializeDateTime, serializeDateTime} from "@web/core/l10n/dates";
import {CalendarCommonRenderer} from "@web/views/calendar/calendar_common/calendar_common_renderer";
import {CalendarModel} from "@web/views/calendar/calendar_model";
import {CalendarRenderer} from "@web/views/calendar/calendar_renderer";
import {browser} from "@web/core/browser/browser";
import {calendarView} from "@web/views/calendar/calendar_view";
import {checkBooking, offerUndo} from "./booking_question";
import {registry} from "@web/core/registry";

const MISSED = ["cancelled", "no_show"];

/** The book in Odoo's calendar: off-hours are visible, and asked about. */
export class VisitCalendarModel extends CalendarModel {
    static services = [...CalendarModel.services, "dialog", "notification"];

    setup(params, services) {
        super.setup(params, services);
        this.dialog = services.dialog;
        this.notification = services.notification;
        this.data.offHours = [];
    }

    get offHours() {
        return this.data.offHours;
    }

    /** Seven days side by side can't be read on a phone, unless she chose them. */
    getLocalStorageScale() {
        const chosen = browser.localStorage.getItem(this.storageKey);
        return this.env.isSmall && !chosen ? "day" : super.getLocalStorageScale();
    }

    async updateData(data) {
        await super.updateData(data);
        data.offHours = await this.loadOffHours(data);
    }

    /** What was missed or cancelled is struck through. */
    normalizeRecord(rawRecord) {
        const record = super.normalizeRecord(rawRecord);
        return {...record, isStriked: MISSED.includes(rawRecord.state)};
    }

    /** Cancelled visits are shown when somebody asks for them. */
    makeFilterDynamic(filterInfo, previousFilter, fieldName, ...rest) {
        const filter = super.makeFilterDynamic(
            filterInfo,
            previousFilter,
            fieldName,
            ...rest
        );
        if (!previousFilter && fieldName === "state" && filter.value === "cancelled") {
            filter.active = false;
        }
        return filter;
    }

    /** When nobody of the chosen stylists works. */
    async loadOffHours(data) {
        if (!["day", "week"].includes(this.meta.scale)) {
            return [];
        }
        const section = data.filterSections.stylist_id;
        const filters = section ? section.filters : [];
        const chosen = filters.filter(({active, value}) => active && value !== "all");
        const times = await this.orm.call("salon.visit", "get_off_hours", [
            serializeDateTime(data.range.start),
            serializeDateTime(data.range.end),
            chosen.map(({value}) => value).filter(Number.isInteger),
        ]);
        return times.map((pair) => pair.map(deserializeDateTime));
    }

    async updateRecord(record, options = {}) {
        const raw = this.buildRawRecord(record, options);
        const services = {orm: this.orm, dialog: this.dialog};
        try {
            if (await checkBooking(services, record.id, raw)) {
                const before = this.data.records[record.id];
                const result = await super.updateRecord(record, options);
                this.offerUndo(before);
                return result;
            }
        } catch (error) {
            // A refused visit goes back to where it was.
            await this.load();
            throw error;
        }
        await this.load();
    }

    offerUndo({id, start, end}) {
        const values = {start: serializeDateTime(start), stop: serializeDateTime(end)};
        offerUndo(this, id, values, () => this.load());
    }
}

export class VisitCommonRenderer extends CalendarCommonRenderer {
    mapRecordsToEvents() {
        const offHours = this.props.model.offHours.map(([start, end], index) => ({
            id: `off-${index}`,
            start: start.toISO(),
            end: end.toISO(),
            display: "background",
            classNames: ["o_salon_off_hours"],
        }));
        return [...super.mapRecordsToEvents(), ...offHours];
    }

    onEventClick(info) {
        if (info.event.display !== "background") {
            super.onEventClick(info);
        }
    }
}

export class VisitCalendarRenderer extends CalendarRenderer {
    static components = {
        ...CalendarRenderer.components,
        day: VisitCommonRenderer,
        week: VisitCommonRenderer,
    };
}

registry.category("views").add("salon_visit_calendar", {
    ...calendarView,
    Model: VisitCalendarModel,
    Renderer: VisitCalendarRenderer,
});
