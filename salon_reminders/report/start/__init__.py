from . import salon_month_report
