import ast

from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date, format_list

from ...tools.pg_settings import uncompiled
from ...tools.promotion_price import get_saving, share_out
from ..insight.salon_client_standing import SEGMENTS

GIFTS = {"gift_service": "service", "gift_product": "retail"}
ZONE_STATES = {"ignored": ("white", "unused"), "former": ("former",), "used": ("used",)}


class Terms:
    """What a promotion gives: whether that makes sense, in numbers and in words."""

    def __init__(self, promotion):
        promotion.ensure_one()
        self.env = promotion.env
        self.promotion = promotion

    def get_error(self):
        """Return what is wrong with the services of the promotion, or False."""
        wanted = GIFTS.get(self.promotion.kind)
        if wanted and not self.promotion.product_ids:
            return self.env._("Choose what is given as a gift.")
        if wanted and set(self.promotion.product_ids.mapped("salon_kind")) != {wanted}:
            return self.env._(
                "A gift service must be a service, a gift product a retail product."
            )
        if self.promotion.kind == "bundle" and len(self.promotion.product_ids) < 2:
            return self.env._("A bundle needs at least two services or products.")
        usual = sum(self.promotion.product_ids.mapped("lst_price"))
        if self.promotion.kind == "bundle" and self.promotion.amount >= usual:
            return self.env._(
                "The bundle costs as much as its parts: %(usual)s. Enter a lower "
                "price.",
                usual=self.promotion.currency_id.format(usual),
            )
        return False

    def fits(self, product):
        """Return whether the promotion is about this service or product."""
        if self.promotion.product_ids:
            return product in self.promotion.product_ids
        return product.salon_kind == "service"

    def get_saving(self, line, usual):
        """Return what is taken off a line, rounded to the currency.

        :param usual: what the line costs without it
        """
        amount = self.promotion.amount
        if self.promotion.kind == "bundle":
            amount = self._get_bundle_savings().get(line.product_id, 0)
        saving = get_saving(
            self.promotion.kind, usual, line.quantity, self.promotion.percent, amount
        )
        return self.promotion.currency_id.round(saving)

    def _get_bundle_savings(self):
        """Return {product: what is taken off one}, shared out by their prices."""
        prices = self.promotion.product_ids.mapped("lst_price")
        total = max(sum(prices) - self.promotion.amount, 0)
        parts = share_out(total, prices, self.promotion.currency_id.round)
        return dict(zip(self.promotion.product_ids, parts, strict=True))

    def get_text(self):
        """Return what it is, as it is told to a client."""
        said = self.promotion.text or self._describe()
        hours = self.promotion.quiet_only and self.promotion.hour_ids._get_text()
        return f"{said} ({hours})" if hours else said

    def _describe(self):
        names = format_list(
            self.env,
            self.promotion.product_ids.mapped("name"),
            "or" if self.promotion.kind.startswith("gift") else "standard",
        )
        values = {
            "what": names or self.env._("your visit"),
            "percent": f"{self.promotion.percent:g}",
            "amount": self.promotion.currency_id.format(self.promotion.amount),
            "date": format_date(self.env, self.promotion.date_to),
        }
        if self.promotion.kind == "percent":
            return self.env._("%(percent)s %% off %(what)s until %(date)s", **values)
        if self.promotion.kind == "amount":
            return self.env._("%(amount)s off %(what)s until %(date)s", **values)
        if self.promotion.kind == "bundle":
            return self.env._("%(what)s for %(amount)s until %(date)s", **values)
        return self.env._("%(what)s as our gift until %(date)s", **values)


class Audience:
    """For whom a promotion is: everything that is chosen must hold of a client.

    It is a domain on clients, so that counting it and taking it in is one statement
    however many clients there are.
    """

    def __init__(self, promotion):
        promotion.ensure_one()
        self.env = promotion.env
        self.promotion = promotion

    def parse(self):
        """Return the domain that was entered.

        :raise ValidationError: when it can't be read
        """
        try:
            return Domain(ast.literal_eval(self.promotion.domain or "[]"))
        except (ValueError, TypeError, SyntaxError) as error:
            raise ValidationError(self.text_wrong()) from error

    def text_wrong(self):
        return self.env._(
            "The filter of clients can't be used: %(domain)s. Choose the conditions "
            "anew.",
            domain=self.promotion.domain,
        )

    def get_domain(self):
        """Return the domain of the clients this promotion is for."""
        here = Domain("company_id", "=", self.promotion.company_id.id)
        parts = [
            Domain("is_salon_client", "=", True),
            Domain("company_id", "in", (False, self.promotion.company_id.id)),
            self.parse(),
        ]
        segments = [
            name for name, _label in SEGMENTS if self.promotion[f"segment_{name}"]
        ]
        if segments:
            inside = here & Domain("segment", "in", segments)
            parts.append(Domain("salon_standing_ids", "any", inside))
        if self.promotion.zone_id:
            inside = here & Domain("zone_id", "=", self.promotion.zone_id._origin.id)
            inside &= Domain(
                "state", "in", ZONE_STATES[self.promotion.zone_use or "ignored"]
            )
            parts.append(Domain("salon_client_zone_ids", "any", inside))
        if self.promotion.cycle_id:
            inside = here & Domain("cycle_id", "=", self.promotion.cycle_id._origin.id)
            inside &= Domain("state", "in", ("due", "late"))
            parts.append(Domain("salon_reminder_ids", "any", inside))
        if self.promotion.is_birthday:
            parts.append(Domain.custom(to_sql=self._sql_birthday))
        if self.promotion.leaving_reason_ids:
            parts.append(Domain("salon_is_lost", "=", True))
            parts.append(Domain.custom(to_sql=self._sql_left_for))
        return Domain.AND(parts)

    def _sql_birthday(self, _model, alias, _query):
        """Return the condition that the birthday is near, also across a year's end."""
        today = self.promotion.company_id._salon_today()
        return SQL(
            """EXISTS (
                SELECT FROM generate_series(%(first)s, %(last)s) AS near (year)
                 WHERE %(birthday)s
                       BETWEEN %(today)s::date - %(days)s AND %(today)s::date + %(days)s
               )""",
            first=today.year - 1,
            last=today.year + 1,
            birthday=self.env["salon.call.candidate"]._sql_birthday(
                SQL.identifier(alias, "salon_birthdate"), SQL("near.year")
            ),
            today=today,
            days=self.promotion.birthday_days,
        )

    def _sql_left_for(self, _model, alias, _query):
        """Return the condition that the reason she gave last is one of those chosen."""
        attempts = self.env["salon.call.attempt"]
        return SQL(
            """%(client)s IN (
                SELECT said.partner_id FROM (%(said)s) said
                 WHERE said.leaving_reason_id = ANY(%(reasons)s))""",
            client=SQL.identifier(alias, "id"),
            said=attempts._sql_said_last(SQL("%s", self.promotion.company_id.id)),
            reasons=self.promotion.leaving_reason_ids._origin.ids,
        )

    def sql(self, clients=None):
        """Return the query of the ids of its clients.

        :param clients: only of these
        """
        domain = self.get_domain()
        if clients is not None:
            domain &= Domain("id", "in", clients.ids)
        # Who is in it does not depend on who asks.
        partners_sudo = (
            self.env["res.partner"].sudo().with_company(self.promotion.company_id)
        )
        return partners_sudo.with_context(active_test=True)._search(domain).select()

    def count(self):
        """Return how many clients fit, and how many of them may be phoned about it."""
        self.env.flush_all()
        gate, company = self.env["salon.gate"], self.promotion.company_id
        salon = SQL("%s", company.id), SQL("%s::date", company._salon_today())
        hold = gate._sql_hold(
            SQL("p.id"),
            gate._sql_reached("phone", "p", *salon),
            *salon,
            "promotion",
            "phone",
        )
        question = SQL(
            """SELECT COUNT(*), COUNT(*) FILTER (WHERE %s IS NULL)
                 FROM res_partner p WHERE p.id IN (%s)""",
            hold,
            self.sql(),
        )
        with uncompiled(self.env.cr):
            rows = self.env.execute_query(question)
        return rows[0]
