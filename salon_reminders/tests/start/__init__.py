from . import test_salon_start_page
from . import test_salon_month_report
