"""Quote removal, on its own."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from actors.shell_words import lex, read_word


@given(st.text(st.sampled_from("ab'\"\\ $é*~#;|"), max_size=12))
@settings(max_examples=300, deadline=None, derandomize=True, database=None)
def test_quoted_text_is_one_word_of_that_value(text):
    quoted = "'" + text.replace("'", "'\\''") + "'"
    assert read_word(quoted).value == text
    assert read_word(quoted).trouble is None
    assert [token.text for token in lex(f"a {quoted} b")] == ["a", quoted, "b"]
