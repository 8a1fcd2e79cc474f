"""The window's place: kept, and mended where the screens are others now."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop import geometry
from desktop.geometry import Area, Geometry

SCREEN = Area(0, 0, 1920, 1080)
SECOND = Area(1920, 0, 1280, 800)


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    kept = Geometry(900, 700, -10, 20, is_maximized=True)
    geometry.save(tmp_path / "geometry.json", kept)
    assert geometry.load(tmp_path / "geometry.json") == kept


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"width":"wide"}', "null", "\x00"])
def test_what_makes_no_sense_is_the_default(tmp_path: Path, text: str) -> None:
    (tmp_path / "geometry.json").write_text(text)
    assert geometry.load(tmp_path / "geometry.json") == Geometry()
    assert geometry.load(tmp_path / "missing.json") == Geometry()


def test_a_folder_that_cannot_be_written_to_is_no_reason_to_fail(tmp_path: Path) -> None:
    geometry.save(tmp_path / "missing" / "geometry.json", Geometry())


@pytest.mark.parametrize(
    ("kept", "screens", "fitted"),
    [
        (Geometry(900, 700, 100, 50), [SCREEN], Geometry(900, 700, 100, 50)),
        (Geometry(900, 700, 2000, 50), [SCREEN, SECOND], Geometry(900, 700, 2000, 50)),
        (Geometry(900, 700, 2000, 50), [SCREEN], Geometry(900, 700)),
        (Geometry(900, 700, -850, 50), [SCREEN], Geometry(900, 700)),
        (Geometry(900, 700, 100, -30), [SCREEN], Geometry(900, 700)),
        (Geometry(900, 700, 100, 1070), [SCREEN], Geometry(900, 700)),
        (Geometry(4000, 3000, 0, 0), [SCREEN], Geometry(1920, 1080, 0, 0)),
        (Geometry(10, 10, 0, 0), [SCREEN], Geometry(geometry.MIN_WIDTH, geometry.MIN_HEIGHT, 0, 0)),
        (Geometry(900, 700, 2000, 50), [], Geometry(900, 700, 2000, 50)),
    ],
)
def test_it_fits_the_screens_of_today(kept: Geometry, screens: list[Area], fitted: Geometry) -> None:
    assert kept.fitted(screens) == fitted
