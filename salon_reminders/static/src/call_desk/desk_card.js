import {Component} from "@odoo/owl";

/** The middle: who is called, on which number, why, and what to say. */
export class DeskCard extends Component {
    static template = "salon_reminders.DeskCard";
    static props = {
        card: Object,
        isExpired: Boolean,
        onOpenClient: Function,
        onTakeAgain: Function,
    };

    get card() {
        return this.props.card;
    }

    get usualHour() {
        const hour = this.card.usual_hour;
        return hour === null || hour === false ? "" : `${hour}:00–${hour + 1}:00`;
    }
}
