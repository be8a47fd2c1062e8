from . import salon_starter_set
from . import salon_starter_set_line
from . import salon_starter_set_service
from . import salon_catalogue_choice
from . import salon_catalogue_choice_line
