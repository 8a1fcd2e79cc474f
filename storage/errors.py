"""What can go wrong with the store, in words for people."""

from __future__ import annotations


class StorageError(Exception):
    """Base of all errors of this folder.

    Attributes:
        code: stable snake_case name, part of the API.
        may_pass: whether the same write may succeed later, as when a disk is full; else trying again is in vain.
    """

    code = "storage_error"
    may_pass = True


class DataDirError(StorageError):
    """The data folder cannot be used: missing rights, a file in its place, a read-only disk."""

    code = "data_dir_unusable"


class DatabaseTooNewError(StorageError):
    """The database was written by a newer version of the program."""

    code = "database_too_new"


class DatabaseUnreadableError(StorageError):
    """The file is no SQLite database, or it is damaged."""

    code = "database_unreadable"


class StorageFullError(StorageError):
    """The disk is full; nothing of the write was kept."""

    code = "storage_full"


class StorageReadOnlyError(StorageError):
    """The database cannot be written to."""

    code = "storage_read_only"


class RejectedError(StorageError):
    """What is to be written cannot be stored, now or later; the store itself works."""

    code = "storage_rejected"
    may_pass = False


class ConflictError(StorageError):
    """A write that holds only for what was found before; something else has changed it in the meantime."""

    code = "conflict"
    may_pass = False


class UnknownBranchError(StorageError):
    """A branch that the conversation does not have."""

    code = "unknown_branch"


class InvalidCursorError(StorageError):
    """A paging cursor that this list never gave out."""

    code = "invalid_cursor"


class BackupError(StorageError):
    """A backup cannot be written, or an archive is damaged, of a newer program, or not one of ours."""

    code = "backup_error"


class BackupStoppedError(StorageError):
    """Work on a backup was to stop before its end; nothing of it is left."""

    code = "backup_stopped"


class TransferError(StorageError):
    """An export cannot be read, or a file to import is not what it should be; the message names the line."""

    code = "transfer_error"
