import {Component, onWillStart, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";

/** How full the salon is by weekday and hour, and whether the next weeks suffice. */
export class SalonLoad extends Component {
    static template = "salon_reminders.Load";
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        const {weeks = false} = this.props.action.params || {};
        this.filter = useState({weeks, stylist_id: false});
        this.state = useState({data: null});
        onWillStart(() => this.load());
    }

    async load() {
        const {weeks, stylist_id} = this.filter;
        const args = [weeks, stylist_id];
        this.state.data = await this.orm.call("salon.load", "get_load", args);
        this.filter.weeks = this.state.data.weeks;
    }

    async set(name, value) {
        this.filter[name] = value;
        await this.load();
    }

    periodLabel(weeks) {
        if (weeks === 1) {
            return _t("Next 7 days");
        }
        return weeks < 0 ? _t("Last %s weeks", -weeks) : _t("Next %s weeks", weeks);
    }

    /** The fuller, the darker. */
    heat(cell) {
        return cell.offered ? `--salon-share: ${cell.share}%;` : "";
    }

    title(cell) {
        return _t(
            "Offered %(offered)s h, booked %(booked)s h, done %(done)s h, empty %(empty)s h, overtime %(overtime)s h",
            cell
        );
    }

    openZone(zone) {
        this.action.doAction("salon_reminders.salon_zone_board_action", {
            additionalContext: {zone_id: zone.id},
        });
    }

    onGaps() {
        this.action.doAction("salon_reminders.salon_gap_finder_action");
    }
}

registry.category("actions").add("salon_reminders.load", SalonLoad);
