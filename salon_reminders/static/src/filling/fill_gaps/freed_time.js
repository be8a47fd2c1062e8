import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {user} from "@web/core/user";

const SHOWN_MS = 60000;

/** Tells receptionists of a freed time and offers those who would fit into it. */
export const freedTimeService = {
    dependencies: ["action", "bus_service", "notification"],

    start(env, {action, bus_service: bus, notification}) {
        bus.subscribe("salon.visit/freed", ({company_id, times}) => {
            if (company_id !== user.activeCompany.id) {
                return;
            }
            const close = notification.add(describe(times), {
                title: _t("Time freed"),
                type: "warning",
                autocloseDelay: SHOWN_MS,
                className: "o_salon_freed",
                buttons: [
                    {
                        name: _t("See who fits"),
                        primary: true,
                        onClick: () => {
                            close();
                            action.doAction("salon_reminders.salon_gap_finder_action", {
                                additionalContext: getFilter(times),
                            });
                        },
                    },
                ],
            });
        });
    },
};

function describe(times) {
    if (times.length > 1) {
        return _t("%s visits to come were cancelled.", times.length);
    }
    const [{stylist, start, stop}] = times;
    const from = readClock(start);
    const day = from.toLocaleString({weekday: "long", day: "numeric", month: "long"});
    const clock = luxon.DateTime.TIME_SIMPLE;
    const till = readClock(stop).toLocaleString(clock);
    return _t("%(stylist)s, %(day)s, %(from)s – %(till)s", {
        stylist,
        day,
        from: from.toLocaleString(clock),
        till,
    });
}

/** What the clock of the salon shows, also where the browser has no such hour. */
function readClock(time) {
    return luxon.DateTime.fromISO(time, {zone: "utc"});
}

/** What the list of gaps shows at first: this day of this stylist. */
function getFilter(times) {
    const days = times.map(({start}) => start.slice(0, 10)).sort();
    const stylists = new Set(times.map(({stylist_id}) => stylist_id));
    return {
        day: days[0],
        stylist_id: stylists.size === 1 ? times[0].stylist_id : false,
    };
}

registry.category("services").add("salon_freed_time", freedTimeService);
