import {Component, useState} from "@odoo/owl";
import {PromotionList} from "./promotion_list";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {useService} from "@web/core/utils/hooks";

/** At booking: what is open to the client, and using it on this visit. */
export class VisitPromotions extends Component {
    static template = "salon_reminders.VisitPromotions";
    static components = {PromotionList};
    static props = {...standardFieldProps};

    setup() {
        this.orm = useService("orm");
        this.state = useState({isBusy: false});
    }

    get card() {
        return this.props.record.data[this.props.name] || {open: [], used: []};
    }

    get usedNames() {
        return this.card.used.map(({name}) => name).join(", ");
    }

    /** Saves the visit, calls the server, shows what has become of the visit. */
    async run(model, method, getArgs) {
        const {record} = this.props;
        this.state.isBusy = true;
        try {
            if (await record.save()) {
                await this.orm.call(model, method, getArgs(record));
                await record.load();
            }
        } finally {
            this.state.isBusy = false;
        }
    }

    answer(promotion, answer) {
        const {partner_id: partnerId} = this.card;
        const args = [promotion.id, partnerId, answer];
        return this.run("salon.promotion", "answer_offer", () => args);
    }

    use(promotion) {
        return this.run("salon.visit", "use_promotion", ({resId}) => [
            [resId],
            promotion.id,
        ]);
    }

    takeOff() {
        return this.run("salon.visit", "take_off_promotions", ({resId}) => [[resId]]);
    }
}

registry.category("fields").add("salon_visit_promotions", {
    component: VisitPromotions,
    supportedTypes: ["json"],
    extractProps: () => ({}),
});
