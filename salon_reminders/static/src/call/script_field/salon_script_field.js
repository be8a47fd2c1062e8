import {onWillUnmount} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {useDebounced} from "@web/core/utils/timing";
import {TextField, textField} from "@web/views/fields/text/text_field";

// Long enough to finish a word, short enough to feel immediate.
const PAUSE = 250;

/**
 * The text of a call script. The record, and with it the preview, follows while it is
 * typed; a click on a placeholder puts it where the cursor is.
 */
export class SalonScriptField extends TextField {
    static template = "salon_reminders.SalonScriptField";

    setup() {
        super.setup();
        this.commit = useDebounced(() => this.update(), PAUSE);
        onWillUnmount(() => this.commit.cancel());
    }

    get placeholders() {
        const names = this.props.record.data.placeholders || [];
        return names.map((name) => `{${name}}`);
    }

    /** The space after a word must not vanish while one thinks of the next. */
    get shouldTrim() {
        return false;
    }

    onInput() {
        this.commit();
    }

    update() {
        // The input's own handler commits and knows what was already sent.
        this.textareaRef.el?.dispatchEvent(new Event("change"));
    }

    insert(placeholder) {
        const {el} = this.textareaRef;
        el.focus();
        el.setRangeText(placeholder, el.selectionStart, el.selectionEnd, "end");
        el.dispatchEvent(new InputEvent("input", {bubbles: true}));
    }
}

export const salonScriptField = {
    ...textField,
    component: SalonScriptField,
    fieldDependencies: [{name: "placeholders", type: "json"}],
};

registry.category("fields").add("salon_script", salonScriptField);
