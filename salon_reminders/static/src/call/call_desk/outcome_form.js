import {Component, onMounted, useRef} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {choose} from "./outcome_values";
import {useForwardRefToParent} from "@web/core/utils/hooks";

/** Asks for what one kind of outcome needs; Enter saves. */
export class OutcomeForm extends Component {
    static template = "salon_reminders.OutcomeForm";
    // The form is a property: it is gone from the desk before this component is.
    static props = {
        desk: Object,
        card: Object,
        form: Object,
        formRef: Function,
        onSave: Function,
        onCancel: Function,
    };

    setup() {
        this.root = useForwardRefToParent("formRef");
        this.saveRef = useRef("save");
        onMounted(() => {
            const first = this.root.el.querySelector("[data-focus]");
            if (first) {
                first.focus();
            }
        });
    }

    get desk() {
        return this.props.desk;
    }

    get form() {
        return this.props.form;
    }

    get choices() {
        if (this.form.outcome.kind === "declined") {
            return [
                {id: false, name: _t("Skip this need once")},
                {id: true, name: _t("Never remind them of this again")},
            ];
        }
        return this.desk.reasons;
    }

    get chosen() {
        const {kind} = this.form.outcome;
        return kind === "declined" ? this.form.values.stop : this.form.values.reason_id;
    }

    /** Enter acts on what is focused: after the choice it saves. */
    choose(choice) {
        choose(this.desk, choice);
        this.saveRef.el.focus();
    }

    /** Of what the call is about: the services to book, or the needs declined. */
    get parts() {
        const {services, reminders} = this.props.card;
        const {kind} = this.form.outcome;
        if (kind === "declined") {
            // Of a single one there is nothing to choose.
            return reminders.length > 1 ? reminders : [];
        }
        return kind === "booked" ? services : [];
    }

    get partsName() {
        return this.form.outcome.kind === "declined" ? "reminder_ids" : "product_ids";
    }

    togglePart({id}) {
        const {values} = this.form;
        const ids = values[this.partsName];
        values[this.partsName] = ids.includes(id)
            ? ids.filter((one) => one !== id)
            : [...ids, id];
    }

    hasPart({id}) {
        return this.form.values[this.partsName].includes(id);
    }

    setStylist(ev) {
        this.form.values.stylist_id = Number(ev.target.value) || false;
    }

    /** Another time needs another confirmation. */
    onTimeChanged() {
        this.desk.question = "";
        this.form.values.confirmed = false;
    }

    save() {
        if (this.desk.question) {
            this.form.values.confirmed = true;
        }
        this.props.onSave();
    }
}
