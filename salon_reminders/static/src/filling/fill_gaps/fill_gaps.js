import {Component, onWillStart, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";

const PARTS = [
    ["", _t("Whole day")],
    ["morning", _t("Morning")],
    ["afternoon", _t("Afternoon")],
    ["evening", _t("Evening")],
];
const FEW = 3;

/** The free windows of the next days, each with the due clients who would fit. */
export class FillGaps extends Component {
    static template = "salon_reminders.FillGaps";
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        const {day, stylist_id: stylistId} = this.props.action.context;
        this.parts = PARTS;
        this.filter = useState({
            day: day || false,
            days: day ? 1 : false,
            stylist_id: stylistId || false,
            part: "",
        });
        this.state = useState({data: null, open: {}});
        onWillStart(() => this.load());
    }

    async load() {
        const {day, days, stylist_id, part} = this.filter;
        const data = await this.orm.call("salon.gap.finder", "get_gaps", [], {
            day,
            stylist_id,
            part: part || false,
            ...(days && {days}),
        });
        Object.assign(this.filter, {day: data.day, days: data.days});
        this.state.data = data;
    }

    async set(name, value) {
        this.filter[name] = value;
        await this.load();
    }

    dayLabel(days) {
        return days === 1 ? _t("1 day") : _t("%s days", days);
    }

    /** Clients shown of a window: the best few, or all of them. */
    shown(window) {
        const isOpen = this.state.open[window.key];
        return isOpen ? window.clients : window.clients.slice(0, FEW);
    }

    hidden(window) {
        return this.state.open[window.key] ? 0 : window.clients.length - FEW;
    }

    showAll(window) {
        this.state.open[window.key] = true;
    }

    async onCall(window, client) {
        const args = [
            client.partner_id,
            window.stylist_id,
            client.start,
            client.minutes,
        ];
        const callId = await this.orm.call("salon.gap.finder", "start_call", args);
        await this.action.doAction("salon_reminders.salon_call_desk_action", {
            additionalContext: {call_id: callId},
        });
    }
}

registry.category("actions").add("salon_reminders.fill_gaps", FillGaps);
