"""Make the bundles of scripts and styles once: python -m dev.assets CONFIG DATABASE.

They are kept with the database, so that each copy of it has them: otherwise the first
browser of every copy would wait until they are made.
"""

import sys

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

BUNDLES = (
    "web.assets_web",
    "web.assets_web_dark",
    "web.assets_backend_lazy",
    "web.assets_frontend",
    "web.assets_tests",
    "web.assets_unit_tests",
    "web.assets_unit_tests_setup",
    "web.chartjs_lib",
    "web.fullcalendar_lib",
)


def main(config_path, database):
    config.parse_config(["-c", config_path, "-d", database, "--no-http"])
    with Registry(database).cursor() as cr:
        make_bundles(api.Environment(cr, SUPERUSER_ID, {})["ir.qweb"])


def make_bundles(qweb):
    for name in BUNDLES:
        bundle = qweb._get_asset_bundle(name)
        bundle.js()
        bundle.css()


if __name__ == "__main__":
    main(*sys.argv[1:])
