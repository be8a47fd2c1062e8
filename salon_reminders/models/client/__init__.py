from . import salon_client_photo
from . import res_partner
from . import salon_duplicate
from . import res_partner_taking_over
