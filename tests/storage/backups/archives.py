"""Archives that are looked into, and put together otherwise."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path

from storage.backups.manifest import NAME


def members(archive: Path) -> dict[str, bytes]:
    found = {}
    with tarfile.open(archive) as tar:
        for one in tar:
            file = tar.extractfile(one)
            assert file is not None
            found[one.name] = file.read()
    return found


def rewritten(archive: Path, change: Callable[[dict[str, bytes]], None], *more: tarfile.TarInfo) -> Path:
    """The archive with other members, and those before its manifest."""
    found = members(archive)
    change(found)
    target = archive.with_name("rewritten.tar.gz")
    with tarfile.open(target, "w:gz") as tar:
        for one in more:
            tar.addfile(one)
        for name, data in found.items():
            header = tarfile.TarInfo(name)
            header.size = len(data)
            tar.addfile(header, io.BytesIO(data))
    return target


def described(change: Callable[[dict], None]) -> Callable[[dict[str, bytes]], None]:
    """A change of the manifest."""

    def apply(found: dict[str, bytes]) -> None:
        values = json.loads(found[NAME])
        change(values)
        found[NAME] = json.dumps(values).encode()

    return apply
