"""Notes of what the daemon has done by itself."""

from __future__ import annotations

from storage import upkeep
from storage.database import Database
from storage.upkeep import KEPT_ROWS, UpkeepNote


def test_the_newest_notes_come_first_and_the_oldest_go(database: Database) -> None:
    for number in range(KEPT_ROWS + 5):
        kind: upkeep.Kind = "backup" if number % 2 else "retention"
        database.write(
            *upkeep.insert(UpkeepNote(number, kind, is_problem=number == 0, note=f"note {number}"))
        )
    assert database.row("SELECT count(*) FROM upkeep") == (KEPT_ROWS,)
    assert [one.at for one in upkeep.recent(database, 3)] == [504, 503, 502]
    assert upkeep.recent(database, 1, "backup") == [
        UpkeepNote(503, "backup", is_problem=False, note="note 503")
    ]
