from . import salon_call_log
