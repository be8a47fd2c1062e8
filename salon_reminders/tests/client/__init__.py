from . import test_base_partner_merge
from . import test_finding_clients
from . import test_res_partner
from . import test_salon_taking_over
