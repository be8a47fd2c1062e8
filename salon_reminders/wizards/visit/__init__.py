from . import base_partner_merge
from . import salon_visit_step
