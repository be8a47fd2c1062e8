from . import test_salon_cycle
from . import test_salon_starter_set
from . import test_salon_catalogue_choice
