from . import test_need_family
from . import test_salon_course
from . import test_salon_cycle_tuner
from . import test_salon_reminder
from . import test_salon_reminder_course
from . import test_salon_rhythm
