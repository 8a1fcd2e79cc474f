"""A diff says exactly what changes, in bounded size and time."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors.tools.diffs import unified_diff


def test_a_diff_is_cut_at_64_kb_between_lines():
    new = "".join(f"{n} {'é' * 50}\n" for n in range(5000))
    diff = unified_diff("", new, "a.txt")
    assert len(diff.encode()) < 65 * 1024
    assert len(diff.encode()) > 63 * 1024
    *lines, note = diff.removesuffix("\n").split("\n")
    assert note == "\\ The diff is longer than 64 KB; the rest of it is not shown."
    assert lines[-1] == "+" + new.split("\n")[len(lines) - 4]


def applied(diff, old):
    """What `patch` would make of it; only the exact places count."""
    source = re.findall(r"[^\n]*\n|[^\n]+", old)
    result, position = [], 0
    lines = diff.split("\n")[2:-1]
    for number, line in enumerate(lines):
        if line.startswith("@@"):
            start, count, new_start, new_count = _range(line)
            begin = start - 1 if count else start
            result += source[position:begin]
            assert len(result) == (new_start - 1 if new_count else new_start)
            position = begin
        elif line.startswith("\\"):
            continue
        else:
            has_end = not (lines[number + 1 : number + 2] or [""])[0].startswith("\\")
            text = line[1:] + ("\n" if has_end else "")
            if line[0] in " -":
                assert source[position] == text
                position += 1
            if line[0] in " +":
                result.append(text)
    return "".join(result + source[position:])


def _range(header):
    found = re.fullmatch(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", header)
    assert found is not None
    start, count, new_start, new_count = found.groups()
    return int(start), int(count or 1), int(new_start), int(new_count or 1)


LINES = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "@@ -1 +1 @@\n", "\n"]), max_size=25).map("".join)
TEXTS = st.tuples(LINES, st.sampled_from(["", "end"])).map("".join)


@settings(max_examples=300, deadline=None)
@given(TEXTS, TEXTS)
def test_a_diff_turns_the_old_text_into_the_new(old, new):
    diff = unified_diff(old, new, "a.txt")
    assert (diff == "") == (old == new)
    if diff:
        assert applied(diff, old) == new


@pytest.mark.parametrize("grows_by", [0, 7])
def test_a_diff_of_a_large_text_is_right(grows_by):
    chooser = random.Random(1)
    old = [f"{chooser.randrange(200)}\n" for _ in range(12_000)]
    new = [f"x{n}\n" if n % 100 == 50 else line for n, line in enumerate(old)] + ["more\n"] * grows_by
    diff = unified_diff("".join(old), "".join(new), "a.txt")
    if grows_by == 0:
        assert len(diff) < 20_000
        assert applied(diff, "".join(old)) == "".join(new)
    else:
        assert "\\ The diff is longer than 64 KB" in diff
        assert _range(diff.split("\n")[2]) == (48, 11_953, 48, 11_960)


def test_a_diff_that_replaces_a_large_part_is_right():
    old = "".join(f"{n}\n" for n in range(3000))
    new = old.replace("5", "five") + "\n" * 5
    diff = unified_diff(old, new.replace("1999\n", ""), "a.txt")
    assert applied(diff, old) == new.replace("1999\n", "")
