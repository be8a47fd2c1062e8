from odoo import api, models
from odoo.exceptions import AccessError

# So many names are told; of more, the number.
NAMES = 5


class ResPartner(models.Model):
    """Contacts from before the salon: made its clients, or let go, many at once."""

    _inherit = "res.partner"

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_salon_client(self):
        """Make these contacts salon clients, and say who was left out.

        A client is a person: companies and addresses without a name are left out.

        :raise AccessError: for anybody but managers
        """
        self._check_taking_over()
        people = self.filtered(lambda partner: partner.name and not partner.is_company)
        new = people.filtered(lambda partner: not partner.is_salon_client)
        new.is_salon_client = True
        texts = [self.env._("New salon clients: %(count)s.", count=len(new))]
        if known := len(people - new):
            texts.append(self.env._("Clients already: %(count)s.", count=known))
        if others := self - people:
            texts.append(
                self.env._(
                    "Left out, as they are companies or have no name: %(contacts)s.",
                    contacts=others._text_names(),
                )
            )
        return self._notify_taking_over(texts, is_warning=bool(others))

    def action_salon_no_client(self):
        """Let go contacts that the salon knows nothing of; keep all others.

        Who has visits, consents, calls or a filled-in card stays a client: as an
        ordinary contact they would be open to people who may not see clients.

        :raise AccessError: for anybody but managers
        """
        self._check_taking_over()
        clients = self.filtered("is_salon_client")
        kept = clients & (self._salon_with_history() | self._salon_with_card())
        (clients - kept).is_salon_client = False
        count = len(clients - kept)
        texts = []
        if count or not kept:
            texts.append(
                self.env._("No salon clients any more: %(count)s.", count=count)
            )
        if kept:
            texts.append(
                self.env._(
                    "Still salon clients, as the salon keeps visits, consents, calls "
                    "or notes of them: %(clients)s. Archive their contacts, or erase "
                    "them from their cards.",
                    clients=kept._text_names(),
                )
            )
        return self._notify_taking_over(texts, is_warning=bool(kept))

    # ------------------------------------------------------------
    # WHO, AND WHAT IS KEPT OF THEM
    # ------------------------------------------------------------

    @api.model
    def _check_taking_over(self):
        if not self.env.user.has_group("salon_reminders.group_manager"):
            raise AccessError(
                self.env._("Only managers say which contacts are salon clients.")
            )

    def _salon_with_history(self):
        """Return those of whom any salon keeps something."""
        # What other salons keep is not told, only that there is something.
        return self.sudo().env["salon.privacy"]._get_known(self).with_env(self.env)

    def _salon_with_card(self):
        """Return those on whose card something was written."""
        typed = [
            name
            for name, field in self._fields.items()
            if name.startswith("salon_") and field.store and field.column_type
        ]
        # Whoever may let clients go may know that there is a note.
        return self.filtered(
            lambda partner: any(partner.sudo()[name] for name in typed)
        )

    def _text_names(self):
        names = [partner.display_name for partner in self[:NAMES]]
        if len(self) > NAMES:
            count = len(self) - NAMES
            names.append(self.env._("%(count)s more", count=count))
        return ", ".join(names)

    @api.model
    def _notify_taking_over(self, texts, is_warning):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if is_warning else "success",
                "sticky": is_warning,
                "message": " ".join(texts),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
