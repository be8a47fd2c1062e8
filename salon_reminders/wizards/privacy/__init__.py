from . import base_module_uninstall
from . import salon_number
from . import salon_erasure
