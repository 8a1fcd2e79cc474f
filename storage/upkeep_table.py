"""The table of upkeep, as peewee sees it."""

from __future__ import annotations

from peewee import AutoField, BigIntegerField, BooleanField, TextField

from storage.table_base import Table


class UpkeepTable(Table):
    """What the daemon has done by itself."""

    pk = AutoField()
    at = BigIntegerField()
    kind = TextField()
    is_problem = BooleanField()
    note = TextField()

    class Meta:
        table_name = "upkeep"
