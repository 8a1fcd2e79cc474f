"""One scan: everything that is found in a folder, in at most about two seconds. Reads the disk: run it in a thread."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from actors.environment.agent_files import instruction_files, skills
from actors.environment.commands import commands
from actors.environment.facts import Facts
from actors.environment.files import Files, Problems
from actors.environment.git_state import find_repository, git_state
from actors.environment.hooks import hooks
from actors.environment.languages import languages
from actors.environment.manifests import manifest
from actors.environment.servers import servers
from actors.environment.walk import Walk


class ScanError(Exception):
    """A folder cannot be scanned; the message says why and what to do."""


def scan(directory: Path, home: Path | None, is_stopped: Callable[[], bool] = lambda: False) -> Facts:
    """Looks at a project's folder.

    Args:
        directory: the folder.
        home: the person's, where they may have written something for agents; None for none.
        is_stopped: whether the scan shall end early.

    Raises:
        ScanError: it is no folder that can be read.
    """
    started_at = time.monotonic()
    try:
        root = directory.resolve(strict=True)
        with os.scandir(root):
            pass  # only whether it can be read at all
    except (OSError, RuntimeError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise ScanError(
            f"The folder {directory} cannot be read: {reason}. Put it back or mend its rights, or give the "
            "project another one."
        ) from error
    problems = Problems()
    files = Files(root, problems)
    own = Files(home, problems, may_leave=True) if home is not None else None
    walked = Walk(root, problems, is_stopped).run()
    repository = find_repository(files)
    return Facts(
        files=walked.files,
        is_complete=walked.is_complete,
        git=git_state(repository, files) if repository else None,
        languages=languages(walked.suffixes),
        manifests=tuple(manifest(path, files) for path in walked.manifests),
        commands=commands(files),
        instruction_files=instruction_files(files, own),
        skills=skills(files, own),
        mcp_servers=servers(files, own),
        hooks=hooks(files, repository),
        problems=problems.words,
        duration_ms=round((time.monotonic() - started_at) * 1000),
    )
