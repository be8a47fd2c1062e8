from . import test_salon_follow_up
from . import test_salon_departure
from . import test_salon_leaving_fix
from . import test_salon_lost_client
