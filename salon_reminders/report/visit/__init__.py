from . import salon_report
from . import salon_summary_report
from . import salon_visit_report
from . import salon_booking_report
