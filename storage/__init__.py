"""What remembers: SQLite through peewee, and the paths of the data folder."""
