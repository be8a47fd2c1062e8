"""Strings that try to be more than text, and a look at the pages that show them."""

from odoo.tests import HttpCase

from dev.long_run import amount

# Each payload in each of its wraps at least once.
COUNT = amount("hostile strings", 200, 1000)
MARK = "salonHacked"
PAYLOADS = (
    "<script>window.{mark}=1</script>",
    "<img src=x onerror='window.{mark}=1'>",
    "<svg onload=window.{mark}=1>",
    '"><script>window.{mark}=1</script>',
    "'><img src=x onerror=window.{mark}=1>",
    "</textarea><script>window.{mark}=1</script>",
    "</title><svg/onload=window.{mark}=1>",
    "javascript:window.{mark}=1",
    "<a href='javascript:window.{mark}=1'>x</a>",
    "<iframe srcdoc='<script>parent.{mark}=1</script>'></iframe>",
    "<body onload=window.{mark}=1>",
    "<details open ontoggle=window.{mark}=1>",
    "<t t-out='1/0'/>",
    '<t t-esc="window.{mark}=1"/>',
    "{{{{ object.env.cr }}}}",
    "${{object.env}}",
    "{{0.__class__}}",
    "{{client.env}}",
    "%(name)s %s %d",
    "'; DROP TABLE res_partner; --",
    "\\'; SELECT pg_sleep(9); --",
    "=cmd|' /C calc'!A0",
    "<!--#exec cmd='ls'-->",
    "\u202e<script>window.{mark}=1</script>",
    "\ufeff<x onclick=window.{mark}=1 autofocus>",
)


def hostile_strings():
    """Return COUNT different strings that try to be more than text."""
    wraps = ("{0}", "A{1} {0}", "{0}{0} {1}", "{1}<b>{0}</b>")
    found = []
    while len(found) < COUNT:
        number = len(found)
        payload = PAYLOADS[number % len(PAYLOADS)].format(mark=MARK)
        wrap = wraps[number // len(PAYLOADS) % len(wraps)]
        found.append(f"{wrap.format(payload, number)} {number}")
    return found


class HostileCase(HttpCase):
    """Pages are opened in a browser; no script of the data may run there."""

    viewer = "h_receptionist"

    def _look(self, path, selector, login=None):
        """Open a page, wait until it is drawn, touch it, see that nothing ran."""
        self.browser_js(
            path,
            code=f"""
                setTimeout(() => {{
                    if (window.{MARK}) {{
                        console.error("A script of the data has run.");
                    }} else {{
                        console.log("test successful");
                    }}
                }}, 1500);
            """,
            ready=f"!!document.querySelector({selector!r})",
            login=login or self.viewer,
            timeout=600,
        )
