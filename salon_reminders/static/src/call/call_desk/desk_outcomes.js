import {Component} from "@odoo/owl";
import {OutcomeForm} from "./outcome_form";
import {isWish} from "./outcome_values";
import {useForwardRefToParent} from "@web/core/utils/hooks";

/** The right side: free times to offer, the note, the outcomes with their keys. */
export class DeskOutcomes extends Component {
    static template = "salon_reminders.DeskOutcomes";
    static components = {OutcomeForm};
    static props = {
        desk: Object,
        card: Object,
        noteRef: Function,
        formRef: Function,
        pressedKey: String,
        onOutcome: Function,
        onProposal: Function,
        onSave: Function,
        onCancel: Function,
        onNext: Function,
        onUndo: Function,
    };

    setup() {
        useForwardRefToParent("noteRef");
    }

    get desk() {
        return this.props.desk;
    }

    get card() {
        return this.props.card;
    }

    get isClosed() {
        return this.card.state !== "open";
    }

    get outcomes() {
        return this.desk.outcomes.filter((outcome) => !isWish(outcome));
    }

    get wishes() {
        return this.desk.outcomes.filter(isWish);
    }

    buttonClass(outcome) {
        const color = {booked: "btn-primary", no_answer: "btn-warning"}[outcome.kind];
        const {pressedKey} = this.props;
        const isPressed = Boolean(pressedKey) && pressedKey === outcome.key;
        return `${color || "btn-light border"} ${isPressed ? "active" : ""}`;
    }
}
