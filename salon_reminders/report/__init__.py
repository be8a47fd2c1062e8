from . import salon_report
from . import salon_visit_report
from . import salon_booking_report
from . import salon_reminder_report
from . import salon_call_report
