import {DateTimeField} from "@web/views/fields/datetime/datetime_field";
import {patch} from "@web/core/utils/patch";
import {registry} from "@web/core/registry";
import {session} from "@web/session";
import {user} from "@web/core/user";

const {IANAZone, Settings} = luxon;

/** The one time zone of these salons; null when they keep several. */
export function getSharedZone(zones, companies) {
    const [zone, ...others] = new Set(companies.map(({id}) => zones[id]));
    return !others.length && IANAZone.isValidZone(zone) ? zone : null;
}

/** An hour with the zone in which it is meant. */
export function withZone(text, value, {showTime = true} = {}) {
    return text && showTime ? `${text} ${value.toFormat("ZZZZ")}` : text;
}

/** Without one clock for all that is shown, each hour says by which it goes. */
function showZones() {
    const formatters = registry.category("formatters");
    const formatDateTime = formatters.get("datetime");
    const format = (value, options) =>
        withZone(formatDateTime(value, options), value, options);
    format.extractOptions = formatDateTime.extractOptions;
    formatters.add("datetime", format, {force: true});
    patch(DateTimeField.prototype, {
        getFormattedValue(index, ...rest) {
            const text = super.getFormattedValue(index, ...rest);
            const isHour = this.field.type === "datetime" && this.props.showTime;
            return isHour ? withZone(text, this.values[index]) : text;
        },
    });
}

/**
 * Whoever works for a salon reads and enters its hours, wherever their own clock is.
 *
 * Only what is shown follows it: the server keeps moments, not hours. People without a
 * role in a salon are told of no zones, and nothing changes for them.
 */
export const salonClockService = {
    start() {
        const zones = session.salon_zones;
        if (!zones) {
            return;
        }
        const zone = getSharedZone(zones, user.activeCompanies);
        if (zone) {
            Settings.defaultZone = zone;
        } else {
            showZones();
        }
    },
};

registry.category("services").add("salon_clock", salonClockService);
