from odoo import fields, models


class SalonVisitLine(models.Model):
    """A line can be a session of a course, which is paid already."""

    _inherit = "salon.visit.line"

    course_id = fields.Many2one(
        "salon.course",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The course this line used a session of.",
    )

    def _get_prepaid(self):
        courses = self._get_open_courses()
        paid = self.filtered(lambda line: line._is_prepaid(courses))
        return super()._get_prepaid() | paid

    def _get_open_courses(self):
        """Return the courses in progress of the clients of these lines."""
        # A price does not depend on whose clients a stylist may see.
        return (
            self.env["salon.course"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", self.visit_id.partner_id.ids),
                    ("state", "=", "active"),
                ]
            )
        )

    def _is_prepaid(self, courses):
        """Return whether a course pays for this line, or one sold on its visit."""
        self.ensure_one()
        service = self.product_id.product_tmpl_id
        visit = self.visit_id
        left = sum(
            course.sessions_left
            for course in courses
            if course.partner_id.id == visit.partner_id._origin.id
            and course.company_id == visit.company_id
            and service in course.service_ids
        )
        left += sum(
            line.product_id.salon_course_sessions
            for line in visit.line_ids - courses.visit_line_id
            if service in line.product_id.salon_course_service_ids
        )
        return 0 < self.quantity <= left
