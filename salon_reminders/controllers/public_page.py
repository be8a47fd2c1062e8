from functools import wraps

from werkzeug.exceptions import MethodNotAllowed

from odoo import http
from odoo.http import request

# {method of a route: the methods of requests that it answers}
ANSWERED = {"GET": ("GET", "HEAD"), "POST": ("POST",)}


def public_page(path, method, **options):
    """Make a route that is open without a login and answers one method.

    GET only reads, POST alone changes anything. Odoo sends OPTIONS to every route, so
    that the check of another site's browser would be taken for a form.

    :param str method: GET (HEAD is answered, too) or POST
    """

    def decorate(handle):
        @http.route(
            path, type="http", auth="public", methods=[method], sitemap=False, **options
        )
        @wraps(handle)
        def answer(self, *args, **kwargs):
            if request.httprequest.method not in ANSWERED[method]:
                raise MethodNotAllowed(valid_methods=list(ANSWERED))
            return handle(self, *args, **kwargs)

        return answer

    return decorate
