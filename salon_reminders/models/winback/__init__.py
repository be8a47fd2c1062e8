from . import resource_resource
from . import salon_departure
from . import salon_departure_client
from . import salon_leaving_fix
from . import salon_leaving_reason
from . import salon_call
from . import salon_call_planner
from . import res_company
