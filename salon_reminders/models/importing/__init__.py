from . import salon_import
from . import salon_import_file
from . import salon_import_column
from . import salon_import_category
from . import salon_import_status
from . import salon_import_row
