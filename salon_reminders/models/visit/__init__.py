from . import salon_visit
from . import salon_visit_line
from . import res_partner
from . import res_company
