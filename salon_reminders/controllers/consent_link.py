from odoo import http
from odoo.http import request

from .public_page import public_page

PATH = "/salon/consent/<string:token>"


class ConsentLink(http.Controller):
    """The page on which a client sees and changes her own consents."""

    @public_page(PATH, "GET")
    def show(self, token, saved=None, **_kw):
        """Show what holds now. Looking at it changes nothing."""
        partner = self._find(token)
        values = {
            **partner._get_salon_link_values(),
            "token": token,
            "saved": saved == "1",
        }
        return self._protect(
            request.render("salon_reminders.consent_link_page", values)
        )

    @public_page(PATH, "POST")
    def change(self, token, wish=None, **answers):
        """Record what the client changed, or asked for with one click, nothing else."""
        partner = self._find(token)
        if wish:
            partner._record_salon_link_wish(wish)
        else:
            partner._record_salon_link_answers(answers)
        return self._protect(request.redirect(f"/salon/consent/{token}?saved=1"))

    def _find(self, token):
        """Return the client the token was made for, in her salon and language.

        A token that is wrong, expired, or of a client who is gone says nothing about
        which of these it is.
        """
        partner = request.env["res.partner"]._find_by_salon_token(token)
        if not partner:
            raise request.not_found()
        return partner

    def _protect(self, response):
        """Keep the page out of caches, search engines and referrers."""
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response
