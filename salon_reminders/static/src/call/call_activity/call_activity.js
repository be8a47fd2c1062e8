import {Activity} from "@mail/core/web/activity";
import {ActivityListPopoverItem} from "@mail/core/web/activity_list_popover_item";
import {patch} from "@web/core/utils/patch";

/**
 * The activity of a call is done when the call has an outcome: "Mark done" asks for
 * it instead of for feedback.
 *
 * Made anew for each component: `super` belongs to the object in which it is written.
 */
const askForOutcome = () => ({
    async onClickMarkAsDone() {
        const {id, res_id, res_model} = this.props.activity;
        if (res_model !== "salon.call") {
            return super.onClickMarkAsDone(...arguments);
        }
        const {onActivityChanged} = this.props;
        const {action, orm, "mail.store": store} = this.env.services;
        const thread = store.Thread.insert({model: res_model, id: res_id});
        const request = await orm.call("mail.activity", "action_done", [[id]]);
        if (request && request.type) {
            await new Promise((resolve) =>
                action.doAction(request, {onClose: resolve})
            );
        }
        if (onActivityChanged) {
            onActivityChanged(thread);
        }
        await thread.fetchNewMessages();
    },
});

patch(Activity.prototype, askForOutcome());
patch(ActivityListPopoverItem.prototype, askForOutcome());
