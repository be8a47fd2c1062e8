from . import salon_retention_report
from . import salon_client_report
from . import salon_stylist_report
from . import salon_source_report
from . import salon_visit_report
