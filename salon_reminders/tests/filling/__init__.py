from . import test_salon_proposals
from . import test_salon_gaps
