from . import test_salon_loop
from . import test_salon_starter_set
from . import test_salon_demo
