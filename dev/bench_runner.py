"""Entry of the process in which a benchmark runs: python -m dev.bench_runner."""

import argparse
import importlib
import json
from pathlib import Path

from dev.bench_context import Context


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--report", type=Path, required=True)
    parser.add_argument("--database")
    parser.add_argument("--call", type=json.loads)
    options = parser.parse_args()
    module = importlib.import_module(f"dev.benches.{options.name}")
    context = Context(module, options.scale)
    if options.call:
        answer = context.call(options.database, options.call)
    else:
        answer = module.run(context, options.scale)
    options.report.write_text(json.dumps(answer))


if __name__ == "__main__":
    main()
