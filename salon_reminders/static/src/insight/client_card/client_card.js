import {ClientPromotions} from "../../promotion/client_promotions";
import {Component} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {useService} from "@web/core/utils/hooks";

/**
 * What is known of a client, at a glance. On her form through the field widget below;
 * other screens give it what `res.partner.salon_get_card` returns.
 */
export class SalonClientCard extends Component {
    static template = "salon_reminders.ClientCard";
    static components = {ClientPromotions};
    static props = {
        card: {type: Object},
        compact: {type: Boolean, optional: true},
        onAnswer: {type: Function, optional: true},
    };

    get hasContent() {
        return Boolean(this.props.card.facts);
    }
}

export class SalonClientCardField extends Component {
    static template = "salon_reminders.ClientCardField";
    static components = {SalonClientCard};
    static props = {...standardFieldProps};

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
    }

    get card() {
        return this.props.record.data[this.props.name] || {};
    }

    async onAnswer(offer, answer) {
        const {record} = this.props;
        if (!(await record.save())) {
            return;
        }
        const said = [[record.resId], offer.id, answer];
        await this.orm.call("res.partner", "salon_answer_offer", said);
        await record.load();
    }
}

registry.category("fields").add("salon_client_card", {
    component: SalonClientCardField,
    supportedTypes: ["json"],
    extractProps: () => ({}),
});
