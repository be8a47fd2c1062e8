from . import test_import_plan
from . import test_import_values
from . import test_salon_import
from . import test_salon_import_bookings
from . import test_salon_import_consent
from . import test_salon_import_files
from . import test_salon_import_people
