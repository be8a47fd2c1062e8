from . import salon_month_figures
from . import salon_month_report
