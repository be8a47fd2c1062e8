from . import salon_promotion_report
