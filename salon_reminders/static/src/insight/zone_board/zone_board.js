import {Component, onWillStart, useState} from "@odoo/owl";
import {Layout} from "@web/search/layout";
import {Pager} from "@web/core/pager/pager";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";

/** Clients who come often, and the zones they have never been to: the white spots. */
export class SalonZoneBoard extends Component {
    static template = "salon_reminders.ZoneBoard";
    static components = {Layout, Pager};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        const {zone_id: zoneId = false} = this.props.action.context || {};
        this.state = useState({zoneId, offset: 0, board: null});
        onWillStart(() => this.load());
    }

    get board() {
        return this.state.board;
    }

    get chosenZone() {
        return this.board.zones.find((zone) => zone.id === this.state.zoneId);
    }

    async load() {
        const {zoneId, offset} = this.state;
        this.state.board = await this.orm.call("salon.zone.board", "get_board", [
            zoneId,
            offset,
        ]);
    }

    async choose(zoneId) {
        this.state.zoneId = this.state.zoneId === zoneId ? false : zoneId;
        this.state.offset = 0;
        await this.load();
    }

    async onPage({offset}) {
        this.state.offset = offset;
        await this.load();
    }

    spot(client, zone) {
        return client.zones[zone.id] || {state: "unused", count: 0};
    }

    openClient(client) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "res.partner",
            res_id: client.id,
            views: [[false, "form"]],
        });
    }

    openList() {
        this.action.doAction("salon_reminders.salon_client_zone_action", {
            additionalContext: {
                search_default_white: 1,
                search_default_zone_id: this.state.zoneId || undefined,
            },
        });
    }
}

registry.category("actions").add("salon_zone_board", SalonZoneBoard);
