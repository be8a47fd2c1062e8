from . import salon_promotion_start
from . import base_partner_merge
