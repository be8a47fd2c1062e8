from . import salon_slot_hold
from . import salon_call
from . import salon_gap_finder
