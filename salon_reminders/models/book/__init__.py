from . import resource_resource
from . import salon_visit
from . import salon_visit_busy
from . import salon_slot_finder
from . import salon_day_board
from . import res_company
