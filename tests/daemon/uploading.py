"""Uploads of documents, right and wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx2

from tests.api import Api
from tests.daemon_process import DaemonProcess

DOCUMENTS = "/api/documents"
File = tuple[str, bytes]


def post(api: Api, *files: File, **fields: str) -> httpx2.Response:
    return api.request("POST", DOCUMENTS, files=[("file", file) for file in files], data=fields)


def upload(api: Api, name: str, content: bytes, **fields: str) -> dict[str, Any]:
    answer = post(api, (name, content), **fields)
    assert answer.status_code == 201, answer.text
    [document] = answer.json()
    return document  # type: ignore[no-any-return]


def refused(answer: httpx2.Response) -> tuple[int, str]:
    error = answer.json()
    assert error["error"].endswith(".")
    return answer.status_code, error["code"]


def stored_files(daemon: DaemonProcess) -> list[Path]:
    return [path for path in daemon.data_dir.documents.rglob("*") if path.is_file()]
