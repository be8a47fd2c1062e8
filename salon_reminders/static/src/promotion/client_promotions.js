import {Component, useState} from "@odoo/owl";
import {PromotionList} from "./promotion_list";
import {useService} from "@web/core/utils/hooks";

/** On a client's card: what is open to her, and what she was offered before. */
export class ClientPromotions extends Component {
    static template = "salon_reminders.ClientPromotions";
    static components = {PromotionList};
    static props = {promotions: Object, canAnswer: {type: Boolean, optional: true}};

    setup() {
        this.orm = useService("orm");
        this.state = useState({answered: null, of: null, isBusy: false});
    }

    /** As the server said last: with the card, or in answer to a click. */
    get open() {
        const isFresh = this.state.of !== this.props.promotions.partner_id;
        return isFresh ? this.props.promotions.open : this.state.answered;
    }

    get onAnswer() {
        return this.props.canAnswer ? this.answer.bind(this) : undefined;
    }

    async answer(promotion, answer) {
        const {partner_id: partnerId} = this.props.promotions;
        this.state.isBusy = true;
        try {
            this.state.answered = await this.orm.call(
                "salon.promotion",
                "answer_offer",
                [promotion.id, partnerId, answer]
            );
            this.state.of = partnerId;
        } finally {
            this.state.isBusy = false;
        }
    }
}
