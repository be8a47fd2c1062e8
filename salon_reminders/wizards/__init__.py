from . import base_partner_merge
from . import salon_call_log
