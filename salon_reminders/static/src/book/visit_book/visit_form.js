import {ConfirmationDialog} from "@web/core/confirmation_dialog/confirmation_dialog";
import {FormController} from "@web/views/form/form_controller";
import {_t} from "@web/core/l10n/translation";
import {checkBooking} from "./booking_question";
import {formView} from "@web/views/form/form_view";
import {registry} from "@web/core/registry";
import {serializeDateTime} from "@web/core/l10n/dates";
import {useService} from "@web/core/utils/hooks";

const OPEN_STATES = ["booked", "confirmed", "arrived"];
const TIMES = ["start", "stop", "stylist_id", "line_ids"];

/**
 * The form of a visit asks before it books outside working hours.
 *
 * A new visit is booked by who says so: leaving the form, or the page, books nothing.
 */
export class VisitFormController extends FormController {
    setup() {
        super.setup();
        this.orm = useService("orm");
        this.dialogService = useService("dialog");
        this.notificationService = useService("notification");
    }

    async beforeLeave(options = {}) {
        const {root} = this.model;
        if (!root.isNew) {
            return super.beforeLeave(options);
        }
        if (options.forceLeave || !(await root.isDirty())) {
            return true;
        }
        const isGivenUp = await this.confirmLeaving();
        if (isGivenUp) {
            // On the way to another screen Odoo asks more than once.
            await root.discard();
        }
        return isGivenUp;
    }

    beforeVisibilityChange() {
        return this.model.root.isNew ? undefined : super.beforeVisibilityChange();
    }

    async beforeUnload(ev) {
        const {root} = this.model;
        if (!root.isNew) {
            return super.beforeUnload(ev);
        }
        if (root.dirty) {
            // The browser asks in its own words.
            ev.preventDefault();
            ev.returnValue = "Unsaved changes";
        }
    }

    /** What was entered is given up by who says so. */
    confirmLeaving() {
        return new Promise((resolve) => {
            this.dialogService.add(
                ConfirmationDialog,
                {
                    title: _t("Nothing is booked yet"),
                    body: _t("Leave this visit without booking it?"),
                    confirmLabel: _t("Leave"),
                    cancelLabel: _t("Stay here"),
                    confirm: () => resolve(true),
                    cancel: () => resolve(false),
                },
                {onClose: () => resolve(false)}
            );
        });
    }

    async onWillSaveRecord(record, changes) {
        if (this.isEmptied(record, changes)) {
            const message = _t("Add a service: a visit for nothing is not booked.");
            this.notificationService.add(message, {type: "danger"});
            return false;
        }
        const {start, stop, stylist_id: stylist, state} = record.data;
        const isMoved = !record.resId || TIMES.some((name) => name in changes);
        if (!isMoved || !start || !stylist) {
            return true;
        }
        const services = {orm: this.orm, dialog: this.dialogService};
        return checkBooking(services, record.resId, {
            start: serializeDateTime(start),
            stop: stop && serializeDateTime(stop),
            stylistId: stylist.id,
            parts: this.getParts(record),
            state,
            partnerId: record.data.partner_id.id,
        });
    }

    /** Lines can't be required by the view: Odoo leaves that out for lists in forms. */
    isEmptied({data, resId}, changes) {
        const isChanged = !resId || "line_ids" in changes;
        return isChanged && OPEN_STATES.includes(data.state) && !data.line_ids.count;
    }

    /** What is done by whom and when: each counts with the hours of her own. */
    getParts(record) {
        return record.data.line_ids.records
            .filter(({data}) => data.product_id && data.start && data.stop)
            .map(({data}) => ({
                product_id: data.product_id.id,
                stylist_id: (data.stylist_id || record.data.stylist_id).id,
                start: serializeDateTime(data.start),
                stop: serializeDateTime(data.stop),
            }));
    }
}

registry.category("views").add("salon_visit_form", {
    ...formView,
    Controller: VisitFormController,
});
