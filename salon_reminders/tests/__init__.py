from . import test_salon_loop
