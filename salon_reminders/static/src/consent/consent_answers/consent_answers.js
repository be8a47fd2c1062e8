import {Component} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/**
 * Two buttons behind each sentence: she agrees, or refuses. What is pressed again is
 * taken back; a sentence without an answer was not asked.
 */
export class ConsentAnswers extends Component {
    static template = "salon_reminders.ConsentAnswers";
    static props = {...standardFieldProps};

    get groups() {
        return this.props.record.data.questions || [];
    }

    get answers() {
        return this.props.record.data[this.props.name] || {};
    }

    answer(name, decision) {
        const {[name]: before, ...answers} = this.answers;
        if (before !== decision) {
            answers[name] = decision;
        }
        this.props.record.update({[this.props.name]: answers});
    }
}

export const consentAnswers = {
    component: ConsentAnswers,
    supportedTypes: ["json"],
    fieldDependencies: [{name: "questions", type: "json"}],
};

registry.category("fields").add("salon_consent_answers", consentAnswers);
