from . import ir_rule
from . import res_partner
from . import salon_call
from . import salon_privacy
from . import salon_card_log
from . import salon_card_alert
from . import salon_card_reading
from . import res_company
