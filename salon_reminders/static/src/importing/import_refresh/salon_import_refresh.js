import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";

import {Component, onWillUnmount, xml} from "@odoo/owl";

const RUNNING = ["checking", "importing"];
const SECONDS = 1.5;

/**
 * Reloads the form while an import is checked or imported in the background, so
 * that its progress shows.
 */
export class SalonImportRefresh extends Component {
    static template = xml``;
    static props = {...standardWidgetProps};

    setup() {
        this.timer = setInterval(() => this.refresh(), SECONDS * 1000);
        onWillUnmount(() => clearInterval(this.timer));
    }

    async refresh() {
        const {record} = this.props;
        const isRunning = RUNNING.includes(record.data.state);
        // What a person is typing is never overwritten.
        if (isRunning && !document.hidden && !(await record.isDirty())) {
            await record.load();
        }
    }
}

registry.category("view_widgets").add("salon_import_refresh", {
    component: SalonImportRefresh,
});
