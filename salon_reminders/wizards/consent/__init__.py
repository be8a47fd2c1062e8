from . import salon_consent_answers
from . import salon_consent_link
from . import mail_compose_message
from . import sms_composer
from . import base_partner_merge
