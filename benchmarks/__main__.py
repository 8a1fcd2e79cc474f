"""All promises, one after the other: `python -m benchmarks`, or some of them by name."""

from __future__ import annotations

import argparse
import importlib
import sys

from benchmarks.harness.report import Measure, run

PROMISES = (
    "start_up",
    "window_opens",
    "page_scrolls",
    "idle_memory",
    "status_command",
    "first_delta",
    "delta_latency",
    "delta_cpu",
    "delta_throughput",
    "many_turns",
    "subscribers",
    "conversation_memory",
    "conversation_list",
    "message_page",
    "message_search",
    "entity_search",
    "rendering",
    "command_output",
    "environment_scan",
    "mixed_use",
)
"""The scripts, in the order of docs/performance.md."""


def main() -> int:
    """Measures what is named, or all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("names", nargs="*", help=f"which promises; of {', '.join(PROMISES)}")
    parser.add_argument(
        "--small", action="store_true", help="only to see that they work; the figures mean nothing"
    )
    parser.add_argument("--json", action="store_true", help="for programs")
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - set(PROMISES):
        parser.error(f"there is no {min(unknown)}; there are {', '.join(PROMISES)}")
    chosen = [promise(name) for name in PROMISES if not arguments.names or name in arguments.names]
    return run(chosen, small=arguments.small, as_json=arguments.json)


def promise(name: str) -> Measure:
    """What a script measures."""
    measure: Measure = importlib.import_module(f"benchmarks.{name}").measure
    return measure


if __name__ == "__main__":
    sys.exit(main())
