<<<<<<< HEAD
from . import test_base_partner_merge
from . import test_res_company
from . import test_salon_call
from . import test_salon_call_planner
from . import test_salon_consent
from . import test_salon_cycle
from . import test_salon_reminder
from . import test_salon_visit
from . import test_security
from . import test_views
=======
from . import test_salon_loop
from . import test_salon_starter_set
>>>>>>> demo
