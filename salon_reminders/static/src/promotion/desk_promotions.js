import {Component, useState} from "@odoo/owl";
import {PromotionList} from "./promotion_list";
import {useHotkey} from "@web/core/hotkeys/hotkey_hook";
import {useService} from "@web/core/utils/hooks";

const KEYS = {o: false, i: "interested", l: "later", d: "declined"};

/** What can be offered on a call; answered with Shift and a letter. */
export class DeskPromotions extends Component {
    static template = "salon_reminders.DeskPromotions";
    static components = {PromotionList};
    static props = {card: Object};

    setup() {
        this.orm = useService("orm");
        this.state = useState({index: 0, isBusy: false});
        const isAvailable = () => this.isOpen && Boolean(this.current);
        for (const [key, answer] of Object.entries(KEYS)) {
            const said = () => this.answer(this.current, answer);
            useHotkey(`shift+${key}`, said, {isAvailable});
        }
        useHotkey("shift+p", () => this.move(), {isAvailable});
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
