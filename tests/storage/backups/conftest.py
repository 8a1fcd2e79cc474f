"""A data folder with something of everything, and an archive of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.backups.writing import Source, write
from storage.paths import DataDir
from tests.storage.filled import fill


@pytest.fixture
def data_dir(tmp_path: Path) -> DataDir:
    made = DataDir(tmp_path / "data")
    fill(made)
    return made


@pytest.fixture
def archive(data_dir: DataDir, tmp_path: Path) -> Path:
    path = tmp_path / "saved.tar.gz"
    write(Source.of(data_dir), path)
    return path
