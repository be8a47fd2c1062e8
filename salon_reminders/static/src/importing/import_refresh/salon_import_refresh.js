import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";

import {Component, onWillUnmount, xml} from "@odoo/owl";

const SECONDS = 1.5;

/**
 * Reloads the form as long as it is shown, so that what is done in the background
 * shows; the view has it only while an import is checked, imported or taken back.
 */
export class SalonImportRefresh extends Component {
    static template = xml``;
    static props = {...standardWidgetProps};

    setup() {
        const timer = browser.setInterval(() => this.refresh(), SECONDS * 1000);
        onWillUnmount(() => browser.clearInterval(timer));
    }

    async refresh() {
        const {record} = this.props;
        // What a person is typing is never overwritten.
        if (!document.hidden && !(await record.isDirty())) {
            await record.load();
        }
    }
}

registry.category("view_widgets").add("salon_import_refresh", {
    component: SalonImportRefresh,
});
