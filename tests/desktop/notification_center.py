"""The desktop's notification service, on a bus of its own."""

import asyncio
import subprocess
import threading
from typing import Any

from dbus_fast.aio import MessageBus
from dbus_fast.service import ServiceInterface, dbus_method, dbus_signal

from tests.conftest import needs_program

DEADLINE_S = 20.0


class _Service(ServiceInterface):
    """org.freedesktop.Notifications; the annotations are D-Bus signatures."""

    def __init__(self, shown: list[tuple[str, str]], is_shown: threading.Event) -> None:
        super().__init__("org.freedesktop.Notifications")
        self._shown = shown
        self._is_shown = is_shown

    @dbus_method()
    def GetCapabilities(self) -> "as":  # type: ignore[valid-type]  # noqa: F722, N802
        return ["actions", "body"]

    @dbus_method()
    def GetServerInformation(self) -> "ssss":  # type: ignore[name-defined]  # noqa: F821, N802
        return ["test", "test", "1", "1.2"]

    @dbus_method()
    def Notify(  # noqa: N802
        self,
        app: "s",  # type: ignore[name-defined]  # noqa: F821
        replaces: "u",  # type: ignore[name-defined]  # noqa: F821
        icon: "s",  # type: ignore[name-defined]  # noqa: F821
        summary: "s",  # type: ignore[name-defined]  # noqa: F821
        body: "s",  # type: ignore[name-defined]  # noqa: F821
        actions: "as",  # type: ignore[valid-type]  # noqa: F722
        hints: "a{sv}",  # type: ignore[valid-type]  # noqa: F722
        timeout: "i",  # type: ignore[name-defined]  # noqa: F821
    ) -> "u":  # type: ignore[name-defined]  # noqa: F821
        self._shown.append((summary, body))
        self._is_shown.set()
        return len(self._shown)

    @dbus_method()
    def CloseNotification(self, one: "u"):  # type: ignore[name-defined]  # noqa: F821, N802
        pass

    @dbus_signal()
    def ActionInvoked(self, one: int, action: str) -> "us":  # type: ignore[name-defined]  # noqa: F821, N802
        return [one, action]


class NotificationCenter:
    """Takes notifications and clicks on them.

    Attributes:
        address: of the bus.
        shown: title and text of each.
    """

    def __init__(self) -> None:
        self._daemon = subprocess.Popen(
            [needs_program("dbus-daemon", "dbus-daemon"), "--session", "--nofork", "--print-address"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._daemon.stdout is not None
        self.address = self._daemon.stdout.readline().strip()
        self.shown: list[tuple[str, str]] = []
        self._is_shown = threading.Event()
        self._service = _Service(self.shown, self._is_shown)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._bus: MessageBus = self._run(self._serve())

    def wait(self) -> tuple[str, str]:
        """The next notification."""
        assert self._is_shown.wait(DEADLINE_S), "no notification"
        self._is_shown.clear()
        return self.shown[-1]

    def click(self) -> None:
        """Clicks on the last one."""
        self._run(self._clicked())

    def stop(self) -> None:
        """Ends the service and its bus."""
        self._run(self._leave())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(DEADLINE_S)
        self._loop.close()
        self._daemon.terminate()
        self._daemon.wait(DEADLINE_S)
        assert self._daemon.stdout is not None
        self._daemon.stdout.close()

    def _run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(DEADLINE_S)

    async def _serve(self) -> MessageBus:
        bus = await MessageBus(bus_address=self.address).connect()
        bus.export("/org/freedesktop/Notifications", self._service)
        await bus.request_name("org.freedesktop.Notifications")
        return bus

    async def _leave(self) -> None:
        self._bus.disconnect()
        await self._bus.wait_for_disconnect()

    async def _clicked(self) -> None:
        self._service.ActionInvoked(len(self.shown), "default")
