import {KanbanController} from "@web/views/kanban/kanban_controller";
import {ListController} from "@web/views/list/list_controller";
import {patch} from "@web/core/utils/patch";

/**
 * Who may not duplicate several contacts may not archive them: the server says the
 * first in the view, Odoo knows no attribute of a view for the second.
 *
 * Each class gets an object of its own: `super` is bound to where it is written.
 */
const oneClientAtATime = () => ({
    setup() {
        super.setup(...arguments);
        const {archInfo, resModel} = this.props;
        if (resModel === "res.partner" && !archInfo.activeActions.duplicate) {
            this.archiveEnabled = false;
        }
    },
});

patch(KanbanController.prototype, oneClientAtATime());
patch(ListController.prototype, oneClientAtATime());
