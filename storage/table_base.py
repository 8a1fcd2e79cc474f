"""What all tables share."""

from __future__ import annotations

from peewee import Model


class Table(Model):
    """Base of all tables. None is bound to a database: each query names the one it runs on."""

    class Meta:
        """Names as in the SQL."""

        legacy_table_names = False
