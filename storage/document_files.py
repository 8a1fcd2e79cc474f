"""The files of documents: a folder for each, beside the database, readable by its owner alone.

A folder is filled where nobody looks and then moved to its place in one step, so a document has all of its files
or none. No name from outside ever becomes a path: folders are named by ids of ours, files by what they are.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Literal, get_args

from storage.errors import StorageError, StorageFullError, StorageReadOnlyError

Part = Literal["file", "thumbnail", "view"]
"""`file` is what came in; of images, `thumbnail` is a small copy and `view` one that every model takes."""

PARTS: tuple[Part, ...] = get_args(Part)

INCOMING = "incoming"
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


class DocumentFiles:
    """The folders of documents. Every method reads or writes the disk: call them in a worker thread.

    Args:
        root: the folder that holds them; it need not exist.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def begin(self, document_id: str) -> Path:
        """An empty folder for the files of a new document.

        Raises:
            StorageError: it cannot be made.
        """
        folder = self._incoming(document_id)
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.root.chmod(0o700)
        except OSError as error:
            raise explain(error) from error
        return folder

    def keep(self, document_id: str) -> None:
        """Moves the folder of a new document to its place, with all that was put into it.

        Raises:
            StorageError: it cannot be moved.
        """
        try:
            for path in self._incoming(document_id).iterdir():
                path.chmod(0o600)
            self._incoming(document_id).rename(self._folder(document_id))
            sync_folder(self.root)
        except OSError as error:
            raise explain(error) from error

    def path(self, document_id: str, part: Part = "file") -> Path:
        """Where a file of a stored document lies. The id must come from the store."""
        return self._folder(document_id) / part

    def view(self, document_id: str) -> bytes:
        """A stored image as models take it. Raises StorageError where it is gone or cannot be read."""
        parts: tuple[Part, ...] = ("view", "file")
        for part in parts:
            try:
                return self.path(document_id, part).read_bytes()
            except FileNotFoundError:
                continue
            except OSError as error:
                raise explain(error) from error
        raise StorageError("The file of the document is gone from the documents folder.")

    def remove(self, document_id: str) -> None:
        """Removes all files of a document, new or kept; harmless where there are none.

        Raises:
            StorageError: something is left.
        """
        for folder in (self._incoming(document_id), self._folder(document_id)):
            try:
                shutil.rmtree(folder)
            except FileNotFoundError:
                continue
            except OSError as error:
                raise explain(error) from error

    def sweep(self, known: Collection[str]) -> int:
        """Removes what belongs to none of these documents; how many folders it was. Only at start.

        Raises:
            StorageError: something is left.
        """
        if not self.root.is_dir():
            return 0
        shutil.rmtree(self.root / INCOMING, ignore_errors=True)
        left = [path.name for path in self.root.iterdir() if path.is_dir() and path.name not in known]
        for name in left:
            self.remove(name)
        return len(left)

    def _folder(self, document_id: str) -> Path:
        return self.root / document_id

    def _incoming(self, document_id: str) -> Path:
        return self.root / INCOMING / document_id


class IncomingFile:
    """A file on its way in: written piece by piece, counted and digested. Each method blocks on the disk.

    Args:
        files: where it goes.
        document_id: the document that it is for.

    Raises:
        StorageError: it cannot be made.
    """

    def __init__(self, files: DocumentFiles, document_id: str) -> None:
        self.document_id = document_id
        self.folder = files.begin(document_id)
        self.size_bytes = 0
        self._files = files
        self._digest = hashlib.sha256()
        try:
            self._descriptor = os.open(self.folder / "file", _NEW_FILE, 0o600)
        except OSError as error:
            raise explain(error) from error

    @property
    def sha256(self) -> str:
        """Of what was written so far, in hex."""
        return self._digest.hexdigest()

    def write(self, data: bytes) -> None:
        """Adds a piece. Raises StorageError."""
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
        except OSError as error:
            raise explain(error) from error
        self._digest.update(data)
        self.size_bytes += len(data)

    def finish(self) -> None:
        """Ends the file; it is on the disk then. Raises StorageError."""
        descriptor, self._descriptor = self._descriptor, -1
        try:
            os.fsync(descriptor)
        except OSError as error:
            raise explain(error) from error
        finally:
            os.close(descriptor)

    def discard(self) -> None:
        """Removes it, ended or not. Raises StorageError."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
        self._files.remove(self.document_id)


def explain(error: OSError) -> StorageError:
    """The storage error that an error of the disk stands for, in words for people."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return StorageFullError(
            "The disk is full: the document is not stored. Free some space and try again."
        )
    if error.errno in {errno.EROFS, errno.EACCES, errno.EPERM}:
        return StorageReadOnlyError(
            "The documents folder cannot be written to. Mend its rights and try again."
        )
    return StorageError(f"The document cannot be stored or read: {error.strerror or error}.")


def sync_folder(folder: Path) -> None:
    """Makes a new name in a folder survive a power cut, where the system can do that."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
