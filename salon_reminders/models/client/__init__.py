from . import res_partner
from . import salon_duplicate
