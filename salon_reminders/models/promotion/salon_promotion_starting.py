from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date


class SalonPromotion(models.Model):
    """Starting a promotion: what is refused, and what is asked first."""

    _inherit = "salon.promotion"

    def action_start(self):
        """Start the promotion, or ask first when something looks wrong with it."""
        self.ensure_one()
        self._check_startable()
        questions = self._get_questions()
        if not questions:
            self.state = "running"
            return False
        start = self.env["salon.promotion.start"].create(
            {"promotion_id": self.id, "question": "\n".join(questions)}
        )
        return start._get_records_action(
            name=self.env._("Start %(name)s?", name=self.name), target="new"
        )

    def _check_startable(self):
        """Refuse to start what is over already, or counts in another currency.

        :raise UserError: saying what to change
        """
        if self.date_to < self.company_id._salon_today():
            raise UserError(
                self.env._(
                    "%(name)s ended on %(date)s. Choose a later end, or copy it.",
                    name=self.name,
                    date=format_date(self.env, self.date_to),
                )
            )
        self._check_currency()

    def _get_questions(self):
        """Return what whoever starts the promotion should think of, in words."""
        self.ensure_one()
        count, reachable = self._count_audience()
        everybody = (
            self.env["res.partner"]
            .sudo()
            .search_count(
                [
                    ("is_salon_client", "=", True),
                    ("company_id", "in", (False, self.company_id.id)),
                ]
            )
        )
        questions = []
        if not count:
            questions.append(
                self.env._("Nobody fits the audience today; it would be open to none.")
            )
        elif count == everybody:
            questions.append(
                self.env._(
                    "The audience is everybody: all %(count)s clients of the salon.",
                    count=count,
                )
            )
        if count and not reachable:
            questions.append(
                self.env._(
                    "None of the %(count)s clients of the audience agreed to be phoned "
                    "about promotions.",
                    count=count,
                )
            )
        return [*questions, *self._get_overlap_questions(), *self._get_load_questions()]

    def _get_overlap_questions(self):
        """Return which running promotions of the kind share clients with it."""
        others = self.search(
            [
                ("id", "!=", self.id),
                ("company_id", "=", self.company_id.id),
                ("kind", "=", self.kind),
                ("state", "=", "running"),
                ("date_from", "<=", self.date_to),
                ("date_to", ">=", self.date_from),
            ]
        )
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        questions = []
        for other in others:
            common = self._count_common(other)
            if common:
                questions.append(
                    self.env._(
                        '"%(name)s" (%(kind)s) runs until %(date)s and has '
                        "%(count)s clients in common with it. A client has one open "
                        "offer of a kind: they are offered the one that ends first.",
                        name=other.name,
                        kind=kinds[other.kind],
                        date=format_date(self.env, other.date_to),
                        count=common,
                    )
                )
        return questions

    def _count_common(self, other):
        rows = self.env.execute_query(
            SQL(
                "SELECT COUNT(*) FROM ((%s) INTERSECT (%s)) AS common",
                self._sql_audience(),
                other._sql_audience(),
            )
        )
        return rows[0][0]
