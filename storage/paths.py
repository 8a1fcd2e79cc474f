"""Where things lie: one data folder holds all that the program remembers, and only its owner may look."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from storage.errors import DataDirError

ENVIRONMENT_VARIABLE = "STAGENT_DATA_DIR"


class DataDir(NamedTuple):
    """The data folder and the names of what lies in it.

    Attributes:
        root: absolute path; it need not exist until `prepare`.
    """

    root: Path

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.root / "stagent.db"

    @property
    def backups(self) -> Path:
        """Copies of the database, made before each migration."""
        return self.root / "backups"

    @property
    def token(self) -> Path:
        """The bearer token of the HTTP API."""
        return self.root / "token"

    @property
    def lock(self) -> Path:
        """The file that the one daemon of this folder holds locked."""
        return self.root / "daemon.lock"

    @property
    def start_lock(self) -> Path:
        """The file that whoever starts a daemon on demand holds locked meanwhile."""
        return self.root / "start.lock"

    @property
    def discovery(self) -> Path:
        """Where the running daemon says how to reach it."""
        return self.root / "daemon.json"

    @property
    def socket(self) -> Path:
        """The Unix socket of the HTTP API."""
        return self.root / "stagent.sock"

    @property
    def settings(self) -> Path:
        """The settings file."""
        return self.root / "settings.json"

    @property
    def workspaces(self) -> Path:
        """Folders of conversations that belong to no project."""
        return self.root / "workspaces"

    @property
    def documents(self) -> Path:
        """The files of documents."""
        return self.root / "documents"

    @property
    def logs(self) -> Path:
        """Log files of a daemon that runs in the background."""
        return self.root / "logs"

    def workspace(self, conversation_id: str) -> Path:
        """The folder of a conversation that belongs to no project."""
        return self.workspaces / conversation_id

    def prepare(self) -> None:
        """Creates the folder, readable by its owner alone.

        Raises:
            DataDirError: it cannot be created, belongs to somebody else or cannot be written to.
        """
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            found = self.root.stat()
        except OSError as error:
            raise DataDirError(
                f"The data folder {self.root} cannot be created: {error.strerror or error}. "
                "Choose another with --data-dir or STAGENT_DATA_DIR."
            ) from error
        if hasattr(os, "getuid"):
            if found.st_uid != os.getuid():
                raise DataDirError(
                    f"The data folder {self.root} belongs to another user. "
                    "Choose another with --data-dir or STAGENT_DATA_DIR."
                )
            if stat.S_IMODE(found.st_mode) & 0o077:
                self._close_to_others()
        if not os.access(self.root, os.R_OK | os.W_OK | os.X_OK) or self._is_read_only():
            raise DataDirError(
                f"The data folder {self.root} cannot be written to. "
                "Mend its rights, or choose another with --data-dir or STAGENT_DATA_DIR."
            )

    def _close_to_others(self) -> None:
        try:
            self.root.chmod(0o700)
        except OSError as error:
            raise DataDirError(f"The data folder {self.root} is open to other users: {error}.") from error

    def _is_read_only(self) -> bool:
        """Whether a file cannot be made, which `os.access` does not tell root about a read-only disk."""
        probe = self.root / f".probe-{os.getpid()}"
        try:
            probe.touch(mode=0o600)
            probe.unlink()
        except OSError:
            return True
        return False


def find_data_dir(chosen: str | os.PathLike[str] | None, environment: Mapping[str, str]) -> DataDir:
    """The data folder: the chosen one, else `STAGENT_DATA_DIR`, else the system's usual place.

    Args:
        chosen: what the person gave on the command line.
        environment: the process's environment variables.
    """
    named = chosen or environment.get(ENVIRONMENT_VARIABLE)
    if named:
        return DataDir(Path(named).expanduser().absolute())
    import platformdirs  # noqa: PLC0415  (2 ms that a named folder saves)

    return DataDir(platformdirs.user_data_path("stagent", appauthor=False))
