"""An upload while it arrives: multipart/form-data is taken apart piece by piece, files go straight to the disk."""

from __future__ import annotations

import contextlib
import threading

import msgspec
from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

from actors.documents.kinds import clean_name
from daemon.errors import ApiError, invalid
from storage.document_files import DocumentFiles, IncomingFile
from storage.errors import StorageError
from storage.ids import new_id

MAX_FILES = 20
MAX_FIELDS = 10
MAX_FIELD_BYTES = 1_000
MAX_UPLOAD_BYTES = 50 * 1024 * 1024


class Upload(msgspec.Struct):
    """What an upload holds.

    Attributes:
        files: what each file is called, and the file.
        fields: the other parts, by name.
    """

    files: list[tuple[str, IncomingFile]] = msgspec.field(default_factory=list)
    fields: dict[str, str] = msgspec.field(default_factory=dict)


class UploadParser:
    """Takes an upload apart. Its methods block on the disk: call them in worker threads.

    Args:
        content_type: of the request.
        files: where files go.

    Raises:
        ApiError: 400; the content type has no usable boundary.
    """

    def __init__(self, content_type: str, files: DocumentFiles) -> None:
        self.upload = Upload()
        self._files = files
        self._lock = threading.Lock()
        self._is_discarded = False
        self._open: IncomingFile | None = None
        self._field: tuple[str, bytearray] | None = None
        try:
            boundary = parse_options_header(content_type)[1].get("boundary", "")
            self._parser = PushMultipartParser(
                boundary, max_segment_count=MAX_FILES + MAX_FIELDS, max_header_size=8192
            )
        except (MultipartError, UnicodeError) as error:
            raise _malformed(str(error) or "the boundary is missing") from error

    def feed(self, chunk: bytes) -> None:
        """Takes the next piece of the body.

        Raises:
            ApiError: 400; it is not well-formed, or holds too much.
            StorageError: a file cannot be written.
        """
        try:
            with self._lock:
                for event in () if self._is_discarded else self._parser.parse(chunk):
                    match event:
                        case MultipartSegment():
                            self._begin(event)
                        case None:
                            self._end()
                        case _:
                            self._take(event)
        except MultipartError as error:
            raise _malformed(str(error)) from error

    def finish(self) -> Upload:
        """Ends the upload.

        Raises:
            ApiError: 400; it broke off, holds no file, or an empty one.
            StorageError: a file cannot be written.
        """
        try:
            self._parser.close()
        except MultipartError as error:
            raise _malformed(str(error)) from error
        if not self.upload.files:
            raise invalid("The upload holds no file; send one as the part “file”.", "no_file")
        return self.upload

    def discard(self) -> None:
        """Removes what was written; what comes after that is not taken."""
        with self._lock:
            self._is_discarded = True
            for _name, file in self.upload.files:
                with contextlib.suppress(StorageError):  # what is left is swept at the next start
                    file.discard()

    def _begin(self, segment: MultipartSegment) -> None:
        if segment.filename is None:
            if segment.name == "file":
                raise invalid("The part “file” needs a filename.", "invalid_multipart")
            if len(self.upload.fields) >= MAX_FIELDS or segment.name in self.upload.fields:
                raise invalid(f"The field {segment.name!r} is one too many.", "invalid_multipart")
            self._field = segment.name, bytearray()
            return
        if segment.name != "file":
            raise invalid(f"Files go into parts called “file”, not {segment.name!r}.", "invalid_multipart")
        if len(self.upload.files) >= MAX_FILES:
            raise invalid(f"An upload may hold at most {MAX_FILES} files.", "too_many_files")
        self._open = IncomingFile(self._files, new_id())
        self.upload.files.append((clean_name(segment.filename), self._open))

    def _take(self, data: bytes) -> None:
        if self._open is not None:
            self._open.write(data)
        elif self._field is not None:
            self._field[1].extend(data)
            if len(self._field[1]) > MAX_FIELD_BYTES:
                raise invalid(f"The field {self._field[0]!r} is too long.", "invalid_multipart")

    def _end(self) -> None:
        if self._open is not None:
            file, self._open = self._open, None
            file.finish()
            if file.size_bytes == 0:
                name = self.upload.files[-1][0]
                raise invalid(f"The file {name!r} is empty; nothing was stored.", "empty_file")
        elif self._field is not None:
            (name, value), self._field = self._field, None
            try:
                self.upload.fields[name] = value.decode()
            except UnicodeDecodeError as error:
                raise invalid(f"The field {name!r} is not valid UTF-8.", "invalid_multipart") from error


def _malformed(what: str) -> ApiError:
    return invalid(f"The upload is not well-formed multipart/form-data: {what}.", "invalid_multipart")
