from tempfile import TemporaryFile

from werkzeug.wrappers import Response

from odoo import http
from odoo.http import content_disposition, request

from ..tools.last_export import write_archive


class LastExport(http.Controller):
    """The file an administrator takes along before the addon is uninstalled."""

    @http.route("/salon/last_export", type="http", auth="user", methods=["GET"])
    def download(self, **_kw):
        """Make the file and send it; it is kept nowhere."""
        if not request.env.is_system():
            raise request.not_found()
        # On the disk, because the photos of a chain do not fit into memory.
        file = TemporaryFile()
        write_archive(request.env, file)
        file.seek(0)
        return Response(
            file,
            headers=[
                ("Content-Type", "application/zip"),
                ("Content-Disposition", content_disposition("salon.zip")),
                ("Cache-Control", "no-store"),
            ],
            direct_passthrough=True,
        )
