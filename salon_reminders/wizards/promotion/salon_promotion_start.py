from odoo import api, fields, models
from odoo.tools import SQL, format_date

from ...models.promotion.promotion_terms import Audience


class SalonPromotionStart(models.TransientModel):
    """Asks before a promotion starts that looks wrong: for nobody, for everybody…"""

    _name = "salon.promotion.start"
    _description = "Start a Promotion"

    promotion_id = fields.Many2one("salon.promotion", required=True, ondelete="cascade")
    question = fields.Text(readonly=True)

    def action_start(self):
        """Start the promotion all the same."""
        self.ensure_one()
        self.promotion_id._check_startable()
        self.promotion_id.state = "running"
        return {"type": "ir.actions.act_window_close"}

    # ------------------------------------------------------------
    # WHAT IS ASKED FIRST
    # ------------------------------------------------------------

    @api.model
    def _get_questions(self, promotion):
        """Return what whoever starts a promotion should think of, in words."""
        count, reachable = Audience(promotion).count()
        everybody = (
            self.env["res.partner"]
            .sudo()
            .search_count(
                [
                    ("is_salon_client", "=", True),
                    ("company_id", "in", (False, promotion.company_id.id)),
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
        return [
            *questions,
            *self._get_overlap_questions(promotion),
            *self._get_load_questions(promotion),
        ]

    @api.model
    def _get_overlap_questions(self, promotion):
        """Return which running promotions of the kind share clients with it."""
        others = promotion.search(
            [
                ("id", "!=", promotion.id),
                ("company_id", "=", promotion.company_id.id),
                ("kind", "=", promotion.kind),
                ("state", "=", "running"),
                ("date_from", "<=", promotion.date_to),
                ("date_to", ">=", promotion.date_from),
            ]
        )
        kinds = dict(promotion._fields["kind"]._description_selection(self.env))
        questions = []
        for other in others:
            common = self._count_common(promotion, other)
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

    @api.model
    def _count_common(self, promotion, other):
        rows = self.env.execute_query(
            SQL(
                "SELECT COUNT(*) FROM ((%s) INTERSECT (%s)) AS common",
                Audience(promotion).sql(),
                Audience(other).sql(),
            )
        )
        return rows[0][0]

    @api.model
    def _get_load_questions(self, promotion):
        """Return which of its quiet hours were not quiet in the last weeks."""
        if not promotion.quiet_only:
            return []
        if not promotion.hour_ids:
            return [
                self.env._(
                    "There are no quiet hours: it could never be used. Propose them "
                    "from the book or enter them."
                )
            ]
        limit = promotion.quiet_share
        busy = promotion.hour_ids.filtered(lambda hour: hour.share > limit)
        return [
            self.env._(
                "%(hours)s: %(share)s %% of these hours was taken in the last four "
                "weeks; that is not quiet.",
                hours=hour._get_text(),
                share=hour.share,
            )
            for hour in busy
        ]
