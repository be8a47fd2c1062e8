from . import salon_call_entry
from . import salon_call_entry_line
from . import salon_call_log
from . import salon_calling_effect
from . import salon_call_forecast
from . import salon_dry_run
from . import salon_dry_run_line
from . import base_partner_merge
