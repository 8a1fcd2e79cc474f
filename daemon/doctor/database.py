"""The database: its form, its integrity, and what the daemon has done to it by itself."""

from __future__ import annotations

from collections.abc import Iterator

from daemon.doctor.base import Finding, Patient, State
from storage.errors import StorageError
from storage.examination import NEWEST, Examination, examine
from storage.times import to_iso

LIMIT_S = 10.0


def check(patient: Patient) -> Iterator[Finding]:
    """Reads the database, at most for ten seconds."""
    path = patient.data_dir.database
    if not path.exists():
        yield Finding("database", "ok", "There is no database yet; it comes with the first start.")
        return
    try:
        found = examine(path, LIMIT_S)
    except StorageError as error:
        yield Finding("database", "problem", str(error), _restore(patient))
        return
    yield _integrity(patient, found)
    yield _version(found)
    for at, kind, is_problem, note in found.notes:
        state: State = "warning" if is_problem else "ok"
        yield Finding(f"upkeep_{kind}", state, f"{to_iso(at)}: {note}")


def _integrity(patient: Patient, found: Examination) -> Finding:
    if found.damage is not None:
        return Finding("database", "problem", found.damage, _restore(patient))
    if not found.is_whole:
        message = (
            f"No damage was found in {LIMIT_S:.0f} seconds; the database is too large to read all of it."
        )
        return Finding("database", "ok", message)
    return Finding("database", "ok", "The database is intact.")


def _version(found: Examination) -> Finding:
    message = f"The database has version {found.version}; this program knows versions up to {NEWEST}."
    if found.version > NEWEST:
        return Finding("schema", "problem", message, "Install a newer stagent, or choose another --data-dir.")
    if found.version < NEWEST:
        return Finding(
            "schema", "ok", f"{message} The next start brings it up to date, with a backup before."
        )
    return Finding("schema", "ok", message)


def _restore(patient: Patient) -> str:
    return f"`stagent restore FILE` brings back a backup; those in {patient.data_dir.backups} are the daemon's own."
