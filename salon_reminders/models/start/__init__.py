from . import salon_start_page
