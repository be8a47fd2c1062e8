from . import salon_call_list_report
from . import salon_handover_report
from . import salon_call_report
from . import salon_control_report
