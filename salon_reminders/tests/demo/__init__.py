from . import test_salon_demo
