from . import client_data
from . import consent_link
from . import last_export
