import {
    Many2OneField,
    buildM2OFieldDescription,
} from "@web/views/fields/many2one/many2one_field";
import {Many2One} from "@web/views/fields/many2one/many2one";
import {Many2XAutocomplete} from "@web/views/fields/relational_utils";
import {registry} from "@web/core/registry";

/** Tells whether a telephone number is looked for, not a name. */
export function isNumber(text) {
    return /^[\d\s()+./-]*\d[\d\s()+./-]*$/.test(text);
}

/** Looks for clients: digits are a number, and nobody is called by it. */
export class ClientAutocomplete extends Many2XAutocomplete {
    addCreateSuggestion({request, records}) {
        return !isNumber(request) && super.addCreateSuggestion({request, records});
    }

    /** That nobody has the number is said before somebody new can be entered. */
    addNoRecordsSuggestion({request, records}) {
        return isNumber(request) || super.addNoRecordsSuggestion({request, records});
    }

    getCreationContext(value) {
        if (!isNumber(value)) {
            return super.getCreationContext(value);
        }
        return {...super.getCreationContext(""), default_phone: value};
    }
}

export class ClientMany2One extends Many2One {
    static components = {
        ...Many2One.components,
        Many2XAutocomplete: ClientAutocomplete,
    };
}

export class ClientField extends Many2OneField {
    static components = {...Many2OneField.components, Many2One: ClientMany2One};
}

registry.category("fields").add("salon_client", {
    ...buildM2OFieldDescription(ClientField),
});
