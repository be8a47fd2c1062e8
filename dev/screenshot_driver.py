"""Takes the pictures; runs under the Python of .odoo/venv (playwright)."""

import json
import sys
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

PATIENCE = 30_000  # milliseconds


def main():
    order = json.loads(Path(sys.argv[1]).read_text())
    with sync_playwright() as player:
        browser = player.chromium.launch(
            executable_path=order["browser"], args=["--no-sandbox"]
        )
        logins = {}
        for shot in order["shots"]:
            print(attempt(browser, order, shot, logins), flush=True)
        browser.close()


def attempt(browser, order, shot, logins):
    """One picture; a failure is told and does not stop the others."""
    try:
        take(browser, order["address"], shot, logins)
    except Error as error:
        return f"FAILED {shot['name']}: {error.message.splitlines()[0]}"
    return Path(shot["file"]).name


def take(browser, address, shot, logins):
    login = shot["login"]
    if login not in logins:
        logins[login] = log_in(browser, address, login)
    width, height = shot["size"]
    page = new_page(browser, width, height, logins[login])
    page.goto(address + shot["path"])
    page.wait_for_selector(shot["wait"])
    for selector in shot["clicks"]:
        page.locator(selector).first.click()
    page.wait_for_selector(shot["then"])
    # Never "networkidle": the web client keeps a connection open.
    page.wait_for_timeout(1500)
    page.screenshot(path=shot["file"])
    page.context.close()


def new_page(browser, width, height, cookies=None):
    context = browser.new_context(
        timezone_id="America/New_York",
        viewport={"width": width, "height": height},
        storage_state=cookies,
        has_touch=width < 768,
        locale="en-US",
    )
    context.set_default_timeout(PATIENCE)
    return context.new_page()


def log_in(browser, address, login):
    """The session of a user, to be used for all pictures of that user."""
    page = new_page(browser, 1366, 768)
    page.goto(f"{address}/web/login")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", login)
    page.click(".oe_login_buttons button[type=submit]")
    page.wait_for_selector(".o_main_navbar, .alert-danger")
    if page.query_selector(".alert-danger"):
        raise Error(f"cannot log in as {login}")
    state = page.context.storage_state()
    page.context.close()
    return state


if __name__ == "__main__":
    main()
