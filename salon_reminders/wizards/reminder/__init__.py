from . import salon_reminder_pause
from . import base_partner_merge
