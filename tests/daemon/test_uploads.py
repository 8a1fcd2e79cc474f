"""An upload is the same however the network cuts it, and a parser that was told to discard leaves nothing."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.errors import ApiError
from daemon.uploads import UploadParser
from storage.document_files import DocumentFiles

CONTENT_TYPE = 'multipart/form-data; boundary="b"'


def body(contents: list[bytes], project: str) -> bytes:
    parts = [f'--b\r\nContent-Disposition: form-data; name="projectId"\r\n\r\n{project}\r\n'.encode()]
    for number, content in enumerate(contents):
        head = f'--b\r\nContent-Disposition: form-data; name="file"; filename="{number}.txt"\r\n\r\n'
        parts.append(head.encode() + content + b"\r\n")
    return b"".join(parts) + b"--b--\r\n"


@given(contents=st.lists(st.binary(min_size=1, max_size=200), min_size=1, max_size=4), data=st.data())
def test_an_upload_is_the_same_however_it_is_cut(contents: list[bytes], data: st.DataObject) -> None:
    contents = [content.replace(b"--b", b"---") for content in contents]
    whole = body(contents, "p")
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=30)))
    with tempfile.TemporaryDirectory() as folder:
        parser = UploadParser(CONTENT_TYPE, DocumentFiles(Path(folder)))
        for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True):
            if start < end:
                parser.feed(whole[start:end])
        upload = parser.finish()
        assert upload.fields == {"projectId": "p"}
        assert [name for name, _ in upload.files] == [f"{n}.txt" for n in range(len(contents))]
        assert [(file.folder / "file").read_bytes() for _, file in upload.files] == contents
        assert [file.size_bytes for _, file in upload.files] == [len(content) for content in contents]


@given(raw=st.binary(max_size=300), is_cut=st.booleans())
def test_nonsense_ends_in_words_and_leaves_nothing(raw: bytes, is_cut: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        parser = UploadParser(CONTENT_TYPE, DocumentFiles(Path(folder)))
        whole = body([b"text"], "p")
        with pytest.raises(ApiError) as refused:
            _take(parser, (whole[: len(whole) // 2] if is_cut else b"") + raw or b"x")
        assert refused.value.status == 400
        parser.discard()
        assert not [path for path in Path(folder).rglob("*") if path.is_file()]


def test_what_comes_after_discarding_is_not_taken(tmp_path: Path) -> None:
    parser = UploadParser(CONTENT_TYPE, DocumentFiles(tmp_path))
    whole = body([b"one", b"two"], "p")
    parser.feed(whole[:150])
    parser.discard()
    parser.feed(whole[150:])
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def _take(parser: UploadParser, whole: bytes) -> None:
    parser.feed(whole)
    parser.finish()
