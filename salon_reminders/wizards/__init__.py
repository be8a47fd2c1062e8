from . import base_partner_merge
from . import salon_call_log
from . import salon_dry_run
from . import salon_dry_run_line
from . import salon_reminder_pause
from . import salon_starter_set
from . import salon_starter_set_line
