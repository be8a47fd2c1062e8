"""Installed databases that are kept and copied, so that tests start in seconds.

`base_*` holds only what the addon depends on, `tpl_*` the addon too. Both are
keyed by what they were made from. Making `tpl_*` *is* the installation check:
it exists only if installing and upgrading the addon logged nothing.
"""

from concurrent.futures import ThreadPoolExecutor

from . import project, state
from .console import step
from .databases import check_log

KINDS = {"demo": True, "empty": False}


class Templates:
    def __init__(self, workshop):
        self.shop = workshop
        modules = project.dependencies()
        base_key = state.digest(workshop.source.version, *modules)
        self.base_key = base_key
        logins = state.hash_files({project.ROOT / "dev" / "demo_logins.py"})
        self.key = state.digest(base_key, state.addon_hash(), logins)

    def base(self, kind):
        return f"base_{kind}_{self.base_key}"

    def name(self, kind):
        return f"tpl_{kind}_{self.key}"

    def ensure(self, *kinds):
        """Have the templates of these kinds; return their names by kind."""
        present = self.shop.names()
        with state.locked("templates"):
            self._make_all("base", [k for k in kinds if self.base(k) not in present])
            self._make_all("tpl", [k for k in kinds if self.name(k) not in present])
            self._drop_outdated()
        return {kind: self.name(kind) for kind in kinds}

    def _make_all(self, level, kinds):
        titles = {"base": "Installing Odoo", "tpl": f"Installing {project.ADDON}"}
        make = {"base": self._make_base, "tpl": self._make_template}[level]
        if not kinds:
            return
        words = {"demo": "with demo data", "empty": "without demo data"}
        title = f"{titles[level]} {' and '.join(words[k] for k in kinds)}"
        with step(title) as line, ThreadPoolExecutor(len(kinds)) as pool:
            list(pool.map(lambda kind: make(kind, progress_to(line)), kinds))

    def _make_base(self, kind, on_line):
        fresh = f"new_base_{kind}"
        self.shop.drop(fresh)
        self.shop.install(
            fresh, project.dependencies(), KINDS[kind], f"base-{kind}", on_line
        )
        self.shop.rename(fresh, self.base(kind))

    def _make_template(self, kind, on_line):
        fresh, log = f"new_tpl_{kind}", f"install-{kind}"
        self.shop.copy(self.base(kind), fresh)
        addon = [project.ADDON]
        lines = self.shop.install(fresh, addon, KINDS[kind], log, on_line)
        check_log(lines, f"Installing ({kind})")
        lines = self.shop.upgrade(fresh, addon, log, on_line)
        check_log(lines, f"Upgrading ({kind})")
        if KINDS[kind]:
            self.shop.give_logins(fresh, log)
        self.shop.rename(fresh, self.name(kind))

    def _drop_outdated(self):
        """Keep the disk free of what older versions of the files made."""
        keep = {f(kind) for f in (self.base, self.name) for kind in KINDS}
        for name in self.shop.names():
            if name.startswith(("base_", "tpl_")) and name not in keep:
                self.shop.drop(name)


def progress_to(line):
    """Show the module Odoo is loading: '... Loading module sms (23/60)'."""

    def show(text):
        if "oading module" in text:
            line.detail(text.rsplit("oading module", 1)[1][:40].strip())

    return show
