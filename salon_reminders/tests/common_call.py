from .common import SalonCase


class CallCase(SalonCase):
    """A call that is open for Anna, at ten in the morning of a Tuesday."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls._create_client("Anna")
        cls._create_visit(cls.anna, "2026-02-05")
        cls.reminder = cls.anna.salon_reminder_ids
        cls.call = cls._create_call(cls.anna)
        cls.reason = cls.env["salon.leaving.reason"].create({"name": "Moved"})

    @classmethod
    def _create_call(cls, partner, **vals):
        reminders = partner.salon_reminder_ids
        return cls.env["salon.call"].create(
            {
                "partner_id": partner.id,
                "reminder_ids": reminders.ids,
                "due_date": reminders[:1].due_date,
                "user_id": cls.receptionist.id,
                "stylist_id": cls.stylist.id,
                **vals,
            }
        )

    @classmethod
    def _create_due_call(cls, name, phone, **vals):
        """Create another client who is due, with her call."""
        partner = cls._create_client(name, phone)
        cls._create_visit(partner, "2026-02-05")
        return cls._create_call(partner, **vals)

    def _get_outcome(self, kind):
        return self.env["salon.call.outcome"]._get_default(kind)

    def _log(self, kind, call=None, user=None, **details):
        """Log an outcome as a user does; return the attempt."""
        call = (call or self.call).with_user(user or self.receptionist)
        return call._log_attempt(self._get_outcome(kind), **details)

    def _desk(self, user=None):
        return self.env["salon.call.desk"].with_user(user or self.receptionist)
