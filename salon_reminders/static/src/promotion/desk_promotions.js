import {Component, useState} from "@odoo/owl";
import {useBus, useService} from "@web/core/utils/hooks";
import {PromotionList} from "./promotion_list";

const NEXT_KEY = "shift+p";
const ANSWER_KEYS = {
    "shift+o": false,
    "shift+i": "interested",
    "shift+l": "later",
    "shift+d": "declined",
};

/** What can be offered on a call; answered with Shift and a letter. */
export class DeskPromotions extends Component {
    static template = "salon_reminders.DeskPromotions";
    static components = {PromotionList};
    static props = {card: Object};

    setup() {
        this.orm = useService("orm");
        this.state = useState({index: 0, isBusy: false});
        useBus(this.env.deskKeys, "key", ({detail: key}) => this.onKey(key));
    }

    onKey(key) {
        if (!this.isOpen || !this.current) {
            return;
        }
        if (key === NEXT_KEY) {
            this.move();
        } else if (key in ANSWER_KEYS) {
            this.answer(this.current, ANSWER_KEYS[key]);
        }
    }

    get promotions() {
        return this.props.card.promotions;
    }

    get isOpen() {
        return this.props.card.state === "open";
    }

    /** The one the keys are about. */
    get current() {
        return this.promotions[this.state.index] || this.promotions[0];
    }

    move() {
        this.state.index = (this.state.index + 1) % this.promotions.length;
    }

    async answer(promotion, answer) {
        if (this.state.isBusy || (promotion.offered && answer === false)) {
            return;
        }
        const {card} = this.props;
        this.state.isBusy = true;
        try {
            card.promotions = await this.orm.call("salon.promotion", "answer_offer", [
                promotion.id,
                card.partner_id,
                answer,
                card.id,
            ]);
        } finally {
            this.state.isBusy = false;
        }
    }
}
