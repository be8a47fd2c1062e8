from datetime import timedelta

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Date, Domain
from odoo.tools import SQL, format_date, formatLang

from ...tools.arguments import checked, text
from ...tools.start_tiles import TILES
from ..visit.salon_visit import KEPT_STATES, MADE_STATES, OPEN_STATES

# The booked share and the empty hours look so many weeks ahead.
WEEKS_AHEAD = 1


class SalonStartPage(models.AbstractModel):
    """How the salon stands, at one glance: tiles that open what they count.

    It is opened many times a day and never reads the history: it counts what is open,
    what the nightly job has worked out, and the visits of this month and the last.
    """

    _name = "salon.start.page"
    _description = "Start Page of the Salon"

    # ------------------------------------------------------------
    # REQUESTS
    # ------------------------------------------------------------

    @api.model
    def get_tiles(self):
        """Return the parts of the page and their tiles, for the current salon.

        :raise AccessError: for anybody but managers
        """
        self._check_manager()
        company = self.env.company
        values = self._get_values()
        say = self.env["salon.report"]._say
        return {
            "company": company.name,
            "day": format_date(
                self.env, company._salon_today(), date_format="EEEE d MMMM"
            ),
            "parts": [
                {
                    "name": say(name),
                    "tiles": [
                        {
                            "key": key,
                            "label": say(label),
                            "help": say(definition),
                            **values[key],
                        }
                        for key, (label, definition) in tiles.items()
                    ],
                }
                for name, tiles in TILES
            ],
        }

    @api.model
    @checked(key=text)
    def open_tile(self, key):
        """Return the action that shows what a tile counts.

        :raise AccessError: for anybody but managers
        :raise UserError: when there is no such tile
        """
        self._check_manager()
        if key in ("share", "empty"):
            action = self.env["ir.actions.actions"]._for_xml_id(
                "salon_reminders.salon_load_action"
            )
            return {**action, "params": {"weeks": WEEKS_AHEAD}}
        if key not in (lists := self._get_lists()):
            raise UserError(self.env._("There is no such tile. Reload the page."))
        xml_id, _model, domain = lists[key]
        reports = self.env["salon.report"]
        label = reports._say(
            next(tiles[key][0] for _part, tiles in TILES if key in tiles)
        )
        return reports._open_list(f"salon_reminders.{xml_id}", label, list(domain))

    def _check_manager(self):
        self.env["salon.visit.report"].check_access("read")

    # ------------------------------------------------------------
    # WHAT IS COUNTED
    # ------------------------------------------------------------

    def _get_lists(self):
        """Return {tile: (action, model, domain)} of what is counted, and opened."""
        today = self.env.company._salon_today()
        own = Domain("company_id", "=", self.env.company.id)
        this_month = own & Domain("date", ">=", today.replace(day=1))
        made = Domain("state", "in", MADE_STATES)
        visit = Domain("is_purchase", "=", False)
        month = self._between(today.replace(day=1), today)
        return {
            "to_call": (
                *("salon_call_action", "salon.call"),
                own
                & Domain("state", "=", "open")
                & Domain("date", "<=", today)
                & Domain("is_waiting", "=", False),
            ),
            "called": (
                *("salon_call_action_all", "salon.call"),
                own
                & Domain("state", "=", "done")
                & Domain("closed_at", ">=", self.env.company._salon_midnight(today)),
            ),
            "visits": (
                *("salon_visit_action", "salon.visit"),
                self._between(today, today)
                & visit
                & Domain("state", "in", KEPT_STATES),
            ),
            "booked": (
                *("salon_visit_action", "salon.visit"),
                own
                & Domain("state", "in", OPEN_STATES)
                & Domain("start", ">=", self.env.company._salon_midnight(today))
                & Domain("create_date", ">=", self.env.company._salon_midnight(today)),
            ),
            **{
                state: (
                    *("salon_reminder_action", "salon.reminder"),
                    own & Domain("state", "=", state),
                )
                for state in ("due", "late")
            },
            "regular": (
                *("salon_client_standing_action", "salon.client.standing"),
                own & Domain("segment", "in", ("regular", "key")),
            ),
            "new": (*("salon_client_report_action", "salon.client.report"), this_month),
            "returned": (
                *("salon_segment_move_action", "salon.segment.move"),
                this_month & self.env["salon.segment.move"]._get_returned_domain(),
            ),
            "lost": (
                *("salon_segment_move_action", "salon.segment.move"),
                this_month & self.env["salon.segment.move"]._get_lost_domain(),
            ),
            "month_visits": (
                *("salon_visit_action", "salon.visit"),
                month & made & visit,
            ),
            "money": (*("salon_visit_action", "salon.visit"), month & made),
        }

    def _between(self, first, last):
        """Return the domain of visits of some days; by start, which has an index."""
        return (
            Domain("company_id", "=", self.env.company.id)
            & Domain("start", ">=", self.env.company._salon_midnight(first))
            & Domain(
                "start", "<", self.env.company._salon_midnight(last + timedelta(days=1))
            )
        )

    # ------------------------------------------------------------
    # FIGURES
    # ------------------------------------------------------------

    def _get_values(self):
        """Return {tile: its figure as text, with a note or a colour}."""
        lists = self._get_lists()
        values = {
            key: self._prepare_count(self.env[model].search_count(domain))
            for key, (_action, model, domain) in lists.items()
            if key not in ("new", "money", "month_visits")
        }
        for key in ("late", "lost"):
            values[key]["is_bad"] = values[key]["value"] != "0"
        values["new"] = self._prepare_count(self._count_new())
        return values | self._get_month_values(lists) | self._get_load_values()

    def _prepare_count(self, count):
        return {"value": formatLang(self.env, count, digits=0)}

    def _count_new(self):
        """Return how many clients made their first visit this month.

        The report that the tile opens looks at the whole history; this one looks at
        the visits of the month, and by index whether there was an earlier one.
        """
        first = self.env.company._salon_today().replace(day=1)
        self.env["salon.visit"].flush_model()
        [(count,)] = self.env.execute_query(
            SQL(
                """SELECT COUNT(DISTINCT v.partner_id)
                     FROM salon_visit v
                    WHERE %(made)s AND v.partner_id IS NOT NULL
                      AND v.company_id = %(company)s AND v.start >= %(start)s
                      AND NOT EXISTS (
                        SELECT FROM salon_visit e
                         WHERE %(earlier)s
                           AND e.partner_id = v.partner_id
                           AND e.company_id = v.company_id AND e.date < %(first)s)""",
                made=self.env["salon.report"]._sql_is_visit("v"),
                earlier=self.env["salon.report"]._sql_is_visit("e"),
                company=self.env.company.id,
                start=self.env.company._salon_midnight(first),
                first=first,
            )
        )
        return count

    def _get_month_values(self, lists):
        """Return visits and money of this month, beside the same days of the last."""
        today = self.env.company._salon_today()
        before = Date.subtract(today, months=1)
        made = Domain("state", "in", MADE_STATES)
        last = self._sum(self._between(before.replace(day=1), before) & made)
        now = self._sum(lists["money"][2])
        currency = self.env.company.currency_id
        return {
            "month_visits": {
                **self._prepare_count(now[0]),
                "note": self._compare(self._prepare_count(last[0])["value"]),
            },
            "money": {
                "value": currency.format(now[1]),
                "note": self._compare(currency.format(last[1])),
            },
        }

    def _sum(self, domain):
        """Return how many visits and how much money there was."""
        rows = self.env["salon.visit"]._read_group(
            domain, ["is_purchase"], ["__count", "amount_total:sum"]
        )
        visits = sum(count for bought, count, _amount in rows if not bought)
        return visits, sum(amount for _bought, _count, amount in rows)

    def _compare(self, text):
        return self.env._("%(figure)s by this day last month", figure=text)

    def _get_load_values(self):
        total = self.env["salon.load"]._get_total(WEEKS_AHEAD)
        return {
            "share": {
                "value": f"{total['share']} %",
                "note": self.env._("of %(hours)s hours", hours=total["offered"]),
            },
            "empty": {"value": str(total["empty"]), "note": self.env._("to fill")},
        }
