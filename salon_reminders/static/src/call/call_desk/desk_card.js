import {Component} from "@odoo/owl";
import {formatMonetary} from "@web/views/fields/formatters";
import {DeskPromotions} from "../../promotion/desk_promotions";

/** The middle: who is called, on which number, why, and what to say. */
export class DeskCard extends Component {
    static template = "salon_reminders.DeskCard";
    static components = {DeskPromotions};
    static props = {
        card: Object,
        currencyId: Number,
        isExpired: Boolean,
        onOpenClient: Function,
        onTakeAgain: Function,
    };

    get card() {
        return this.props.card;
    }

    get value() {
        const options = {currencyId: this.props.currencyId, digits: [16, 0]};
        return this.card.value ? formatMonetary(this.card.value, options) : "";
    }

    get usualHour() {
        const hour = this.card.usual_hour;
        return hour === null || hour === false ? "" : `${hour}:00–${hour + 1}:00`;
    }
}
