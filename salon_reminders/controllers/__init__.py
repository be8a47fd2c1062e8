from . import consent_link
