"""Strings that try to be more than text, and a look at the pages that show them."""

import json

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


# Opens one page after the other as a link of the web client does, waits until it is
# drawn and a script in it has had its time to run.
LOOK = """
    (async () => {
        const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
        const until = async (holds) => {
            while (!holds()) {
                await pause(50);
            }
        };
        for (const [path, selector] of PAGES) {
            const before = document.querySelector(".o_action");
            if (path) {
                history.pushState({}, "", path);
                dispatchEvent(new PopStateEvent("popstate", {state: {}}));
                await until(() => !before?.isConnected);
            }
            await until(() => document.querySelector(selector));
            await pause(700);
            if (window.MARK) {
                console.error(`A script of the data has run at ${location.href}.`);
                return;
            }
        }
        console.log("test successful");
    })();
"""


class HostileCase(HttpCase):
    """Pages are opened in a browser; no script of the data may run there."""

    viewer = "h_receptionist"

    def _look(self, *pages):
        """Open pages, wait until each is drawn, see that nothing ran.

        :param pages: addresses, each with what is to be seen there
        """
        (first, selector), *others = pages
        code = LOOK.replace("PAGES", json.dumps([("", selector), *others]))
        self.browser_js(
            first,
            code=code.replace("MARK", MARK),
            ready=f"!!document.querySelector({selector!r})",
            login=self.viewer,
            timeout=600,
        )
