from . import salon_reminder_pause
