"""Run the checks of Odoo's own `test_lint` on our addons only.

Runs under the Python of .odoo/venv. Without a database: checks of files.
With one: checks of models. The tests are Odoo's, unchanged; only the list of
addons they look at is narrowed. A logged warning counts as a failure.
"""

import argparse
import importlib
import logging
import sys
import unittest
from unittest.mock import patch

from dev import project

OWN = {folder.name for folder in project.addons()}
FILE_TESTS = (
    "test_dunderinit",
    "test_i18n",
    "test_jstranslate",
    "test_manifests",
    "test_onchange_domains",
    "test_orm_import",
    "test_test_holes",
)
MODEL_TESTS = (
    "test_docstring",
    "test_index",
    "test_naming",
    "test_override_signatures",
    "test_pofile",
    "test_routes",
)


class Complaints(logging.Handler):
    """Odoo's checks partly only log; keep what they log."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.texts = []

    def emit(self, record):
        self.texts.append(record.getMessage())


def main():
    options = parse()
    configure(options)
    names = MODEL_TESTS if options.database else FILE_TESTS
    complaints = Complaints()
    logging.getLogger("odoo").addHandler(complaints)
    with narrowed(), known_keys():
        result = unittest.TextTestRunner(verbosity=0).run(suite(names))
    print("\n".join(complaints.texts))
    return 0 if result.wasSuccessful() and not complaints.texts else 1


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument("--addons-path")
    parser.add_argument("--config")
    parser.add_argument("--database")
    return parser.parse_args()


def configure(options):
    from odoo.tools import config

    arguments = ["--no-http", "--log-level=warn"]
    if options.database:
        arguments += ["-c", options.config, "-d", options.database]
    else:
        arguments += [f"--addons-path={options.addons_path}"]
    config.parse_config(arguments, setup_logging=True)


def suite(names):
    """Load before any registry, and with the runner of plain unittest."""
    from odoo.modules.registry import Registry
    from odoo.tests.common import BaseCase, get_db_name
    from odoo.tools import config

    BaseCase.run = unittest.TestCase.run
    BaseCase.subTest = unittest.TestCase.subTest
    if config["db_name"]:
        Registry(get_db_name())
    loader, tests = unittest.TestLoader(), unittest.TestSuite()
    for name in names:
        tests.addTests(loader.loadTestsFromModule(load(name)))
    return tests


def load(name):
    return importlib.import_module(f"odoo.addons.test_lint.tests.{name}")


def narrowed():
    """Let Odoo's checks see our addons only."""
    from odoo.modules import Manifest

    everything = Manifest.all_addon_manifests
    return patch.object(
        Manifest,
        "all_addon_manifests",
        lambda: [one for one in everything() if one.name in OWN],
    )


def known_keys():
    """The Apps store asks for an address of support, which Odoo's check forgets."""
    manifests = load("test_manifests")
    return patch.object(
        manifests, "MANIFEST_KEYS", {*manifests.MANIFEST_KEYS, "support"}
    )


if __name__ == "__main__":
    sys.exit(main())
