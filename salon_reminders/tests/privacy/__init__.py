from . import test_ir_rule
from . import test_last_export
from . import test_salon_access
from . import test_salon_card_alert
from . import test_salon_privacy
from . import test_history
