"""The daemon of one data folder, as a window uses it: where it is, how to get in."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from daemon import discovery, health, hung, launch
from daemon.client import Client
from daemon.client_errors import ClientError
from daemon.discovery import Discovery
from storage.errors import StorageError
from storage.paths import DataDir, find_data_dir


class Door(msgspec.Struct, frozen=True):
    """The way to a daemon."""

    data_dir: DataDir

    @classmethod
    def of(cls, chosen: str | None) -> Door:
        """The door of a data folder: the chosen one, else the usual one."""
        return cls(find_data_dir(chosen, os.environ))

    def prepare(self, name: str) -> Path:
        """A folder within the data folder, made where there is none.

        Raises:
            ClientError: it cannot be made.
        """
        folder = self.data_dir.root / name
        try:
            self.data_dir.prepare()
            folder.mkdir(mode=0o700, exist_ok=True)
        except (StorageError, OSError) as error:
            raise ClientError(str(error)) from error
        return folder

    def find(self) -> Discovery | None:
        """The running daemon, or None."""
        return discovery.find(self.data_dir)

    def client(self, found: Discovery) -> Client:
        """A client of a daemon that was found."""
        return Client(self.data_dir, found)

    def restart_question(self) -> str | None:
        """What to ask where a daemon runs that is older than this program; else None."""
        found = self.find()
        return launch.offer(found) if found is not None and launch.is_older(found.version) else None

    def restart(self) -> None:
        """Replaces the running daemon by this program's, as soon as no agent works. Raises ClientError."""
        found = self.find()
        if found is not None:
            launch.restart(self.data_dir, found)

    def answers(self, found: Discovery) -> bool:
        """Whether a daemon that was found answers; waits a few seconds for it."""
        return health.answers(found)

    def restart_by_force(self, found: Discovery) -> None:
        """Ends a daemon that does not answer, and starts one in its place. Raises ClientError."""
        hung.end_by_force(found)
        launch.start_again(self.data_dir, found)

    def link(self) -> str:
        """An address that opens the page, once. Starts a daemon if none runs. Raises ClientError."""
        link: str = launch.running(self.data_dir).post("/api/session/links")["url"]
        return link
