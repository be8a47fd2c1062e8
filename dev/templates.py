"""Installed databases that are kept and copied, so that tests start in seconds.

`base_*` holds only what the addon depends on, `tpl_*` the addon too. Both are
keyed by what they were made from. Making `tpl_*` *is* the installation check:
it exists only if installing and upgrading the addon logged nothing.

`live_*` is a company that works with other apps and has never heard of the addon.
It takes minutes, so it is made when a test asks for it (see `dev/pytest_salon.py`),
in two steps: what is installed outlives a change of the data that is put into it. The
kind *company* is this company with all our addons.
"""

from concurrent.futures import ThreadPoolExecutor

from . import project, state
from .console import step
from .databases import check_log

# Kinds: with demonstration data or without, with the bridges or the main addon alone.
WITH_DEMO = ("demo", "bridges")
WITH_BRIDGES = ("bridges", "beside", "company")
KINDS = {
    "demo": "with demo data",
    "empty": "without demo data",
    "bridges": "with demo data and bridges",
    "beside": "without demo data, with bridges",
    "company": "into a company that works with other apps",
}
# What a kind needs beside another one is installed into a copy of it.
GROUNDS = {"bridges": "demo", "beside": "empty"}
LIVE_DATA = "dev.live_data"
LOGINS, ASSETS = "dev.demo_logins", "dev.assets"


class Templates:
    def __init__(self, workshop):
        self.shop = workshop
        apps_key = state.digest(workshop.source.version, *project.LIVE_MODULES)
        self.apps = f"live_apps_{apps_key}"
        self.live = f"live_{state.digest(apps_key, *hashes(LIVE_DATA))}"

    def base(self, kind):
        if kind == "company":
            return self.live
        return f"base_{kind}_{self._base_key(kind)}"

    def name(self, kind):
        made_from = state.addon_hash(folders(kind)), *hashes(LOGINS, ASSETS)
        return f"tpl_{kind}_{state.digest(self._base_key(kind), *made_from)}"

    def _base_key(self, kind):
        if kind == "company":
            return self.live
        modules = project.dependencies(folders(kind))
        return state.digest(self.shop.source.version, *modules)

    def ensure(self, *kinds):
        """Have the templates of these kinds; return their names by kind."""
        present = self.shop.names()
        with state.locked("templates"):
            if "company" in kinds:
                self._have_live(present)
            missing = {k for k in kinds if self.base(k) not in present} - {"company"}
            above = {k for k in missing if GROUNDS.get(k) in missing}
            self._make_all("base", sorted(missing - above))
            self._make_all("base", sorted(above))
            self._make_all("tpl", [k for k in kinds if self.name(k) not in present])
            self._drop_outdated()
        return {kind: self.name(kind) for kind in kinds}

    def ensure_live(self):
        """Have the company that lives, without the addon; return its name."""
        with state.locked("templates"):
            self._have_live(self.shop.names())
            self._drop_outdated()
        return self.live

    def _have_live(self, present):
        if self.live not in present:
            if self.apps not in present:
                self._make_apps()
            self._make_live()

    def _make_apps(self):
        fresh = "new_live_apps"
        self.shop.drop(fresh)
        with step("Installing Odoo's other apps (about 4 minutes)") as line:
            modules, show = project.LIVE_MODULES, progress_to(line)
            self.shop.install(fresh, modules, False, "live-apps", show)
            self.shop.rename(fresh, self.apps)

    def _make_live(self):
        fresh = "new_live"
        self.shop.copy(self.apps, fresh)
        with step("Filling them with the work of two companies"):
            self.shop.fill(fresh, LIVE_DATA, "live-data")
            self.shop.rename(fresh, self.live)

    def _make_all(self, level, kinds):
        titles = {"base": "Installing Odoo", "tpl": f"Installing {project.ADDON}"}
        make = {"base": self._make_base, "tpl": self._make_template}[level]
        if not kinds:
            return
        title = f"{titles[level]} {' and '.join(KINDS[kind] for kind in kinds)}"
        with step(title) as line, ThreadPoolExecutor(len(kinds)) as pool:
            list(pool.map(lambda kind: make(kind, progress_to(line)), kinds))

    def _make_base(self, kind, on_line):
        fresh = f"new_base_{kind}"
        self.shop.drop(fresh)
        modules, demo = project.dependencies(folders(kind)), kind in WITH_DEMO
        ground = GROUNDS.get(kind)
        if ground and self.base(ground) in self.shop.names():
            self.shop.copy(self.base(ground), fresh)
            modules = set(modules) - set(project.dependencies(folders(ground)))
        self.shop.install(fresh, sorted(modules), demo, f"base-{kind}", on_line)
        self.shop.rename(fresh, self.base(kind))

    def _make_template(self, kind, on_line):
        fresh, log = f"new_tpl_{kind}", f"install-{kind}"
        self.shop.copy(self.base(kind), fresh)
        addons = [folder.name for folder in folders(kind)]
        lines = self.shop.install(fresh, addons, kind in WITH_DEMO, log, on_line)
        check_log(lines, f"Installing ({kind})")
        lines = self.shop.upgrade(fresh, addons, log, on_line)
        check_log(lines, f"Upgrading ({kind})")
        if kind in WITH_DEMO:
            self.shop.fill(fresh, LOGINS, log)
            self.shop.fill(fresh, ASSETS, log)
        self.shop.rename(fresh, self.name(kind))

    def _drop_outdated(self):
        """Keep the disk free of what older versions of the files made."""
        keep = {f(kind) for f in (self.base, self.name) for kind in KINDS}
        keep |= {self.apps, self.live}
        for name in self.shop.names():
            if name.startswith(("base_", "tpl_", "live_")) and name not in keep:
                self.shop.drop(name)


def folders(kind):
    """Folders of our addons in databases of this kind."""
    return project.addons() if kind in WITH_BRIDGES else project.addons()[:1]


def hashes(*modules):
    """What the files of these modules of ours say."""
    paths = [project.ROOT / f"{name.replace('.', '/')}.py" for name in modules]
    return [state.hash_files([path]) for path in paths]


def progress_to(line):
    """Show the module Odoo is loading: '... Loading module sms (23/60)'."""

    def show(text):
        if "oading module" in text:
            line.detail(text.rsplit("oading module", 1)[1][:40].strip())

    return show
