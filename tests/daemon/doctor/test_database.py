"""The doctor reads the database, and leaves it as it is."""

from __future__ import annotations

from pathlib import Path

from daemon.doctor import database as checked
from storage import upkeep
from storage.database import Database
from storage.statements import Statement
from storage.upkeep import UpkeepNote
from tests.daemon.doctor.patients import patient, states

PAGE = 4096


def test_an_intact_one_and_what_was_done_to_it(database: Database, tmp_path: Path) -> None:
    database.write(
        *upkeep.insert(UpkeepNote(1, "retention", is_problem=False, note="2 conversations were removed.")),
        *upkeep.insert(UpkeepNote(2, "backup", is_problem=True, note="The disk was full.")),
    )
    assert states(checked.check, patient(tmp_path)) == {
        "database": "ok", "schema": "ok", "upkeep_retention": "ok", "upkeep_backup": "warning",
    }  # fmt: skip


def test_a_damaged_one(database: Database, tmp_path: Path) -> None:
    database.write(
        *(
            Statement(
                "INSERT INTO projects VALUES (?,?,?,?,?,?,?)", (str(n), "x" * 500, None, None, "active", 1, 1)
            )
            for n in range(500)
        )
    )
    database.close()
    path = tmp_path / "stagent.db"
    content = bytearray(path.read_bytes())
    middle = len(content) // PAGE // 2 * PAGE
    for at in range(middle, len(content) - 16 * PAGE, PAGE):
        content[at : at + 100] = b"\xff" * 100
    path.write_bytes(content)
    assert states(checked.check, patient(tmp_path))["database"] == "problem"
    assert path.read_bytes() == content


def test_no_database_at_all_and_something_else_in_its_place(tmp_path: Path) -> None:
    assert states(checked.check, patient(tmp_path)) == {"database": "ok"}
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "stagent.db").write_bytes(b"no database, but long enough to look like one" * 100)
    assert states(checked.check, patient(tmp_path)) == {"database": "problem"}


def test_a_newer_one(database: Database, tmp_path: Path) -> None:
    database.connection.execute("PRAGMA user_version = 999")
    assert states(checked.check, patient(tmp_path))["schema"] == "problem"
