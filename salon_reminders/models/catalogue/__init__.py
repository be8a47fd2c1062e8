from . import salon_cycle
from . import product_template
from . import product_product
from . import salon_zone
from . import salon_stylist_duration
