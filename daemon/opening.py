"""Opens the database at start: finishes a restore, finds damage, brings it to this program's form.

SQLite survives a crash of the program or the machine, so all of it is read only after the last daemon did not end
well, and for two seconds at the most: every start would pay otherwise. Daily backups are checked in whole. Damage
that shows only later is an error of the request that meets it.
"""

from __future__ import annotations

import logging
import sqlite3

from actors.recovery import recover
from storage import damaged, space, upkeep
from storage.backups import left_behind
from storage.database import Database, explain
from storage.errors import DatabaseUnreadableError
from storage.migrations import migrate, refuse_newer
from storage.paths import DataDir
from storage.times import now_ms
from storage.upkeep import UpkeepNote

logger = logging.getLogger(__name__)


def open_database(data_dir: DataDir) -> Database:
    """The database, ready for use. One that is damaged is put aside, and an empty one takes its place.

    Raises:
        StorageError: it cannot be used, or a newer program has written it.
    """
    if left_behind.is_any(data_dir) and _finished(data_dir):
        logger.warning("a restore that had broken off was finished")
    try:
        return _opened(data_dir)
    except DatabaseUnreadableError as error:
        note = _start_anew(data_dir, error)
    database = _opened(data_dir)
    database.write(*upkeep.insert(note))
    return database


def _finished(data_dir: DataDir) -> bool:
    """See `restoring.finish`, which most starts have no need of."""
    from storage.backups import restoring  # noqa: PLC0415

    return restoring.finish(data_dir)


def _opened(data_dir: DataDir) -> Database:
    damaged.refuse_lost(data_dir)
    refuse_newer(data_dir.database)
    was_cut_off = damaged.was_cut_off(data_dir)
    database = Database(data_dir.database)
    try:
        if was_cut_off and not damaged.check(database):
            logger.info("the database is large: only a part of it was checked for damage")
        migrate(database, data_dir.backups)
        if not space.is_incremental(database) and space.pays(database):
            logger.info("the database is written anew, once, without its empty space")
            space.rebuild(database)
        recover(database)
    except sqlite3.Error as error:
        database.close()
        raise explain(error, data_dir.database) from error
    except BaseException:
        database.close()
        raise
    return database


def _start_anew(data_dir: DataDir, error: DatabaseUnreadableError) -> UpkeepNote:
    from storage.backups import shelf  # noqa: PLC0415  (most starts need none of it)

    aside = damaged.put_aside(data_dir)
    newest = shelf.newest(data_dir.backups)
    advice = (
        f"`stagent restore {newest}` brings the newest backup back."
        if newest is not None
        else "There is no backup in the folder of backups."
    )
    text = f"The database was damaged and is kept, with its documents, in {aside}. The daemon began anew. {advice}"
    logger.error("%s %s", error, text)
    return UpkeepNote(now_ms(), "damaged", is_problem=True, note=text)
