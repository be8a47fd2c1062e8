import {PriorityField, priorityField} from "@web/views/fields/priority/priority_field";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";

/** A star for each choice. Odoo's widget takes the first one for "no star". */
export class StarsField extends PriorityField {
    get options() {
        return [[false, _t("No stars")], ...super.options];
    }
}

registry.category("fields").add("salon_stars", {
    ...priorityField,
    component: StarsField,
    displayName: _t("Stars"),
});
