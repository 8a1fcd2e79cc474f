"""The processes that are measured: daemons, bare ones, and the provider. All end with the script."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.daemon_process import DaemonProcess, clean_environment

END_TIMEOUT_S = 10.0
MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Helper:
    """A process of the harness.

    Attributes:
        url: where it can be reached.
        pid: its id.
    """

    url: str
    pid: int


@contextmanager
def bare_tornado(*args: str) -> Iterator[Helper]:
    """A Tornado process that does nothing but answer."""
    with _helper("bare_tornado", *args) as running:
        yield running


@contextmanager
def provider() -> Iterator[Helper]:
    """A fake of both providers that streams what a message asks for."""
    with _helper("provider") as running:
        yield running


@contextmanager
def daemon(
    data_dir: Path | None = None, provider_url: str | None = None, **environment: str
) -> Iterator[DaemonProcess]:
    """A daemon.

    Args:
        data_dir: its folder; None for a new one, which goes with it.
        provider_url: who plays both providers.
        environment: more variables.
    """
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        if provider_url is not None:
            environment |= {
                "ANTHROPIC_API_KEY": "sk-ant-benchmark",
                "ANTHROPIC_BASE_URL": provider_url,
                "OPENAI_API_KEY": "sk-benchmark",
                "OPENAI_BASE_URL": f"{provider_url}/v1",
            }
        running = DaemonProcess(data_dir or home / "data", clean_environment(home, **environment))
        try:
            yield running
        finally:
            running.stop()


@contextmanager
def _helper(module: str, *args: str) -> Iterator[Helper]:
    """A module of the harness that runs on its own, and says first where it can be reached."""
    with tempfile.TemporaryDirectory() as home:
        process = subprocess.Popen(
            [sys.executable, "-m", f"benchmarks.harness.{module}", *args],
            stdout=subprocess.PIPE,
            env=clean_environment(Path(home)),
            text=True,
        )
        assert process.stdout is not None
        try:
            url = process.stdout.readline().strip().rpartition(" ")[2]
            assert url, f"{module} did not start"
            yield Helper(url, process.pid)
        finally:
            process.terminate()
            process.wait(END_TIMEOUT_S)
            process.stdout.close()


def memory_mb(pid: int) -> float:
    """Resident memory of a process, in MB of a million bytes."""
    return float(psutil.Process(pid).memory_info().rss) / MB


def cpu_s(pid: int) -> float:
    """What a process has computed so far, in seconds."""
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)
