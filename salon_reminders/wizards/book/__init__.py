from . import salon_archiving
from . import salon_day_off
