import {SearchBar} from "@web/search/search_bar/search_bar";
import {useSearchBarToggler} from "@web/search/search_bar/search_bar_toggler";
import {ActionHelper} from "@web/views/action_helper";
import {CogMenu} from "@web/search/cog_menu/cog_menu";
import {Layout} from "@web/search/layout";
import {_t} from "@web/core/l10n/translation";
import {standardViewProps} from "@web/views/standard_view_props";
import {useModel} from "@web/model/model";
import {useBus, useService} from "@web/core/utils/hooks";
import {useSetupAction} from "@web/search/action_hook";

import {Component, useRef} from "@odoo/owl";

// Shares of fewer clients say little; they are shown without colour.
const FEW = 10;

export class SalonCohortController extends Component {
    static template = "salon_reminders.SalonCohortView";
    static components = {ActionHelper, CogMenu, Layout, SearchBar};
    static props = {...standardViewProps, Model: Function, archInfo: Object};

    setup() {
        this.action = useService("action");
        this.model = useModel(this.props.Model, {
            archInfo: this.props.archInfo,
            fields: this.props.fields,
            resModel: this.props.resModel,
        });
        useBus(this.model.bus, "update", () => this.render());
        useSetupAction({rootRef: useRef("root")});
        this.searchBarToggler = useSearchBarToggler();
    }

    get measures() {
        return this.props.archInfo.measures.map((name) => this.props.fields[name]);
    }

    get groupTitle() {
        return this.model.field.string;
    }

    getPercent(cell) {
        return cell.share === null ? "…" : `${Math.round(100 * cell.share)} %`;
    }

    getTitle(cell) {
        const {known, back, count} = cell;
        const open = count - known;
        if (!known) {
            return _t("Not yet known: the time of none of them is over.");
        }
        const text = _t("%(back)s of %(known)s clients.", {back, known});
        return open
            ? `${text} ${_t("Of %(open)s more it is not yet known.", {open})}`
            : text;
    }

    getStyle(cell) {
        if (cell.share === null || cell.known < FEW) {
            return "";
        }
        const strength = (0.08 + 0.62 * cell.share).toFixed(2);
        return `background-color: rgba(var(--salon-cohort-color), ${strength})`;
    }

    getClass(cell) {
        if (cell.share === null) {
            return "text-muted";
        }
        return cell.known < FEW ? "text-muted o_salon_cohort_few" : "";
    }

    openRow(row) {
        this.action.doAction({
            type: "ir.actions.act_window",
            name: row.label,
            res_model: this.props.resModel,
            domain: row.domain,
            context: {},
            views: [[false, "list"]],
        });
    }
}
