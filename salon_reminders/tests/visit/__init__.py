from . import test_salon_visit
from . import test_visit_states
from . import test_visit_steps
from . import test_salon_visit_rating
from . import test_past_money
from . import test_stylist_limits
