from . import salon_promotion_start
