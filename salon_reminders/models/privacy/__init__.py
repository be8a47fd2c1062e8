from . import res_partner_access
from . import res_partner
from . import salon_privacy
from . import salon_privacy_erasure
from . import salon_privacy_retention
from . import salon_card_log
from . import salon_card_alert
from . import salon_card_reading
