from . import salon_visit
from . import salon_visit_line
from . import salon_visit_rating
from . import res_partner
