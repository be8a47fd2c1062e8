import {RelationalModel} from "@web/model/relational_model/relational_model";
import {formView} from "@web/views/form/form_view";
import {registry} from "@web/core/registry";

/**
 * With a changed note goes the text it was made of, so that the server can bring it
 * together with what a colleague wrote meanwhile.
 */
export class HandoverRecord extends RelationalModel.Record {
    _getChanges(...args) {
        const changes = super._getChanges(...args);
        if ("note" in changes) {
            changes.note_seen = this._values.note || "";
        }
        return changes;
    }
}

export class HandoverModel extends RelationalModel {
    static Record = HandoverRecord;
}

export const handoverFormView = {...formView, Model: HandoverModel};

registry.category("views").add("salon_handover_form", handoverFormView);
