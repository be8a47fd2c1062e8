from . import visit
from . import reminder
from . import call
from . import insight
from . import winback
from . import privacy
from . import promotion
from . import start
