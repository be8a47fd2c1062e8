from . import base_module_uninstall
from . import base_partner_merge
from . import salon_mailing
from . import mail_compose_message
from . import salon_number
from . import salon_proof_folder
from . import salon_erasure
from . import sms_composer
