from . import salon_slot_hold
from . import salon_call
from . import salon_gap_finder
from . import res_company
from . import salon_day_board
from . import salon_slot_finder
