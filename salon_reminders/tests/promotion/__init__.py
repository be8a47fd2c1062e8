from . import test_salon_promotion
from . import test_salon_promotion_open
from . import test_salon_promotion_use
from . import test_salon_promotion_report
from . import test_salon_promotion_screens
