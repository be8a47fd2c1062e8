from . import test_salon_client_event
from . import test_salon_client_card
from . import test_salon_client_standing
from . import test_salon_client_zone
from . import test_salon_report_questions
from . import test_salon_reports
from . import test_salon_habits
from . import test_card_consent
