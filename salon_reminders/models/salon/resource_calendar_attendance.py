from odoo import api, models


class ResourceCalendarAttendance(models.Model):
    """A working hour: the salon is open on the weekdays that have one."""

    _inherit = "resource.calendar.attendance"

    @api.model_create_multi
    def create(self, vals_list):
        attendances = super().create(vals_list)
        attendances.calendar_id._get_salons()._salon_follow_days()
        return attendances

    def write(self, vals):
        calendars = self.calendar_id
        result = super().write(vals)
        if not {"dayofweek", "day_period", "calendar_id"}.isdisjoint(vals):
            (calendars | self.calendar_id)._get_salons()._salon_follow_days()
        return result

    def unlink(self):
        calendars = self.calendar_id
        result = super().unlink()
        calendars._get_salons()._salon_follow_days()
        return result
