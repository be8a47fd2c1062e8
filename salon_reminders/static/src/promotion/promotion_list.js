import {Component} from "@odoo/owl";

/** Promotions open to a client, each with what she may answer. */
export class PromotionList extends Component {
    static template = "salon_reminders.PromotionList";
    static props = {
        promotions: Array,
        onAnswer: {type: Function, optional: true},
        onUse: {type: Function, optional: true},
        currentId: {optional: true},
        isBusy: {type: Boolean, optional: true},
    };

    /** How a button looks: the answer she gave stands out. */
    buttonClass(promotion, answer) {
        const isGiven = promotion.offered && promotion.answer === answer;
        return isGiven ? "btn-primary" : "btn-light border";
    }
}
