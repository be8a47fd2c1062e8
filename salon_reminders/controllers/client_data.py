from odoo import http
from odoo.http import content_disposition, request


class ClientData(http.Controller):
    """The file with all that is stored about a client, for her."""

    @http.route(
        "/salon/client/<int:partner_id>/data",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def download(self, partner_id, **_kw):
        """Make the file and send it; it is kept nowhere."""
        partner = request.env["res.partner"].browse(partner_id).exists()
        if not partner:
            raise request.not_found()
        content = request.env["salon.privacy"]._render_export(partner)
        return request.make_response(
            content,
            headers=[
                ("Content-Type", "text/html; charset=utf-8"),
                (
                    "Content-Disposition",
                    content_disposition(f"client-{partner_id}.html"),
                ),
                ("Cache-Control", "no-store"),
            ],
        )
