"""The ./salon command, as far as it can be tried without network or database."""

import os
import socket
import subprocess
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMAND = ROOT / "salon"


def salon(*arguments, **changes):
    """Run the command in its own process; return it when it has ended."""
    return subprocess.run(
        [sys.executable, str(COMMAND), *arguments],
        env={**os.environ, **changes},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


class TestSalonCommand(unittest.TestCase):
    def assertOneLine(self, done, *parts):
        """An error is one line on the error output, without a traceback."""
        self.assertEqual(done.returncode, 1)
        self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)
        for part in parts:
            self.assertIn(part, done.stderr)

    def test_help_names_all_commands(self):
        done = salon("--help")
        self.assertEqual(done.returncode, 0)
        for name in ("run", "test", "lint", "shell", "psql", "screenshots", "bench"):
            self.assertIn(name, done.stdout)

    def test_taken_port_names_holder_and_another_port(self):
        with socket.socket() as holder:
            holder.bind(("127.0.0.1", 0))
            holder.listen()
            port = holder.getsockname()[1]
            done = salon("run", "--port", str(port))
        self.assertOneLine(done, f"Port {port} is taken by", "./salon run --port")
        self.assertIn(f"process {os.getpid()}", done.stderr)

    def test_wrong_odoo_path(self):
        done = salon("lint", "--quick", ODOO_PATH=str(ROOT))
        self.assertOneLine(done, "holds no Odoo")

    def test_unknown_bench(self):
        done = salon("bench", "no-such-bench")
        self.assertOneLine(done, "no-such-bench")

    def test_command_parses_on_old_python(self):
        """Syntax that old versions of Python 3 refuse must not creep in."""
        text = COMMAND.read_text("utf-8")
        compile(text, "salon", "exec")
        self.assertNotIn(' f"', text)
        self.assertNotIn("match ", text)
