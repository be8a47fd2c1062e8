from . import test_resource_resource
from . import test_salon_visit_hours
from . import test_salon_book
from . import test_salon_board
from . import test_salon_day_off
from . import test_salon_stylist_choice
from . import test_half_days
