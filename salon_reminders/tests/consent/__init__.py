from . import test_salon_consent
from . import test_salon_gate
from . import test_salon_consent_answers
from . import test_salon_mailing
from . import test_consent_birth
from . import test_text_messages
from . import test_own_link
from . import test_objection
