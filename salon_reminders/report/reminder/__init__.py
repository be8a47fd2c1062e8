from . import salon_reminder_report
