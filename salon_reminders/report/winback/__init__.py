from . import salon_lost_client
from . import salon_leaving_report
