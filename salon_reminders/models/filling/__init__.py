from . import salon_slot_hold
from . import salon_slot_proposer
from . import salon_slot_reason
from . import salon_call
from . import salon_gap_finder
from . import salon_gap_client
from . import salon_gap_ranking
