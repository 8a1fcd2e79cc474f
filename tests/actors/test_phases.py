"""Places in an interval."""

from __future__ import annotations

from itertools import islice, pairwise

import pytest

from actors.phases import phases


@pytest.mark.parametrize("many", [2, 7, 50, 200])
@pytest.mark.parametrize("before", [0, 31])
def test_any_number_in_a_row_is_spread_about_evenly(many: int, before: int) -> None:
    places = sorted(islice(phases(), before, before + many))
    gaps = [later - earlier for earlier, later in pairwise([*places, places[0] + 1])]
    assert max(gaps) < 2 / many
    assert min(gaps) > 0.3 / many
