from . import salon_promotion_report
from . import salon_visit_report
