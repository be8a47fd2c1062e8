import {Component, markup, onWillStart, useState} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";

/** How the salon stands, at one glance; every tile opens what it counts. */
export class SalonStartPage extends Component {
    static template = "salon_reminders.StartPage";
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({page: null});
        onWillStart(async () => {
            this.state.page = await this.orm.call("salon.start.page", "get_tiles", []);
        });
    }

    async open(tile) {
        const action = await this.orm.call("salon.start.page", "open_tile", [tile.key]);
        // Odoo does so with the actions that it loads itself; else tags would be shown.
        const help = action.help ? {help: markup(action.help)} : {};
        await this.action.doAction({...action, ...help});
    }

    go(xmlId) {
        this.action.doAction(xmlId);
    }
}

registry.category("actions").add("salon_reminders.start_page", SalonStartPage);
