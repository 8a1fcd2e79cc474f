"""Search: what people type is words; the index follows what is said, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import conversations, messages, search
from storage.database import Database
from storage.records import Conversation, Message
from storage.statements import Statement


def add(
    database: Database, conversation: Conversation, one: str, text: str, status: str = "complete"
) -> None:
    message = Message(one, conversation.id, None, "user", text, status, None, 1, 1)  # type: ignore[arg-type]
    database.write(messages.insert(message))


def found(database: Database, query: str) -> list[str]:
    return sorted(hit.message_id for hit in search.messages(database, query, 50))


def test_all_words_must_be_there_and_the_last_may_be_a_beginning(
    database: Database, conversation: Conversation
) -> None:
    add(database, conversation, "a", "The quick brown fox")
    add(database, conversation, "b", "A quick answer")
    assert found(database, "quick") == ["a", "b"]
    assert found(database, "quick bro") == ["a"]
    assert found(database, "qui brown") == []
    assert found(database, "QUICK, FOX!") == ["a"]
    assert found(database, "") == found(database, "  ?! ") == []


def test_accents_and_scripts_are_found(database: Database, conversation: Conversation) -> None:
    add(database, conversation, "a", "Crème brûlée für Zoë")
    add(database, conversation, "b", "漢字 と かな")
    assert found(database, "creme brulee") == ["a"]
    assert found(database, "zoe") == ["a"]
    assert found(database, "漢字") == ["b"]


def test_a_snippet_is_escaped_but_for_its_marks(database: Database, conversation: Conversation) -> None:
    add(database, conversation, "a", "<script>alert(1)</script> & <mark>needle</mark>")
    [hit] = search.messages(database, "needle", 1)
    assert "<script>" not in hit.snippet
    assert "<mark>needle</mark>" in hit.snippet
    assert "&lt;mark&gt;" in hit.snippet
    assert "&amp;" in hit.snippet


def test_the_index_follows_what_happens_to_a_message(database: Database, conversation: Conversation) -> None:
    add(database, conversation, "a", "", "streaming")
    database.write(messages.append_text("a", "needle in the ", 2))
    assert found(database, "needle") == []
    database.write(messages.append_text("a", "haystack", 3), messages.finish("a", "complete", None, 4))
    assert found(database, "needle haystack") == ["a"]
    database.write(messages.append_text("a", " again", 5), messages.finish("a", "complete", None, 6))
    assert found(database, "again") == ["a"]
    add(database, conversation, "r", "needle", "pending")
    assert found(database, "needle") == ["a"]
    database.write(conversations.delete(conversation.id))
    assert found(database, "needle") == []
    database.rows("INSERT INTO messages_fts(messages_fts) VALUES ('integrity-check')")
    database.rows("INSERT INTO conversations_fts(conversations_fts) VALUES ('integrity-check')")


def test_titles_are_found_after_each_change(database: Database, conversation: Conversation) -> None:
    def ids(query: str) -> list[str]:
        found = conversations.page(database, limit=5, query=query)
        return [one.id for one in conversations.records(found)]

    for title in ("Apples", None, "Pears", "Plums"):
        database.write(conversations.update(conversation.id, {"title": title}, 2))
        for word in ("apples", "pears", "plums"):
            assert bool(ids(word)) == (title is not None and word == title.lower())
    database.write(conversations.delete(conversation.id))
    assert ids("plums") == []


def add_many(database: Database, conversation: Conversation, texts: list[str]) -> None:
    rows = [
        Message(f"{number:04}", conversation.id, None, "user", text, "complete", None, 1, 1)
        for number, text in enumerate(texts)
    ]
    database.write(*map(messages.insert, rows))


def test_few_matches_are_ranked_and_of_many_the_newest_come(
    database: Database, conversation: Conversation
) -> None:
    many = search.RANKED_MATCHES
    add_many(database, conversation, ["plan it, plan", *["the plan of it"] * (many - 3), "planning it"])
    assert [hit.message_id for hit in search.messages(database, "plan", 1)] == ["0000"]
    add(database, conversation, "z", "another plan of it")
    newest = ["z", f"{many - 2:04}", f"{many - 3:04}"]
    assert [hit.message_id for hit in search.messages(database, "plan", 3)] == newest
    assert [hit.message_id for hit in search.messages(database, "IT plan", 3)] == newest
    assert len(search.messages(database, "it pla", 200)) == 200


def test_words_that_a_beginning_may_become_are_spelled_out(
    database: Database, conversation: Conversation
) -> None:
    add(database, conversation, "a", "Daemon, daemons: daemonise! Dæmon über überall dae")
    assert (
        search.message_expression(database, "The Daemon")
        == '"The" AND ("daemon" OR "daemonise" OR "daemons")'
    )
    assert search.message_expression(database, "_ nothing") == '("nothing")'
    assert search.message_expression(database, "üb") == '"üb"*'
    assert search.message_expression(database, "a_b") == '"a_b"*'
    assert search.message_expression(database, "?") is None


def test_a_beginning_of_very_many_words_finds_them_all(
    database: Database, conversation: Conversation
) -> None:
    words = search.SPELLED_WORDS + 1
    add_many(database, conversation, [f"w{number}" for number in range(words)])
    assert search.message_expression(database, "w") == '"w"*'
    assert len(found(database, "w")) == 50
    assert len(conversations.page(database, limit=5, query="w")) == 1


texts = st.text(st.sampled_from("aAbBcé\u0301ß_- 漢1"), min_size=1, max_size=12)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(contents=st.lists(texts, max_size=5), query=texts)
def test_spelled_out_or_not_the_same_is_found(
    database: Database, conversation: Conversation, contents: list[str], query: str
) -> None:
    database.write(Statement("DELETE FROM messages", ()))
    add_many(database, conversation, contents)
    expressions = search.match_expression(query), search.message_expression(database, query)
    same = [
        database.rows("SELECT rowid FROM messages_fts WHERE messages_fts MATCH ? ORDER BY rowid", (one,))
        for one in expressions
        if one is not None
    ]
    assert len(same) != 1
    assert same[1:] == same[:1]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(max_size=40))
def test_no_query_breaks_the_syntax(database: Database, query: str) -> None:
    search.messages(database, query, 5)
    conversations.page(database, limit=5, query=query or "x")


@pytest.mark.parametrize(
    "query",
    ['"', '"a', "a AND", "NOT a", "NEAR(a b)", "a*", "^a", "content:a", "a -b", "(a", "x" * 10_000, "🙂"],
)
def test_syntax_is_words(database: Database, query: str) -> None:
    assert search.messages(database, query, 5) == []
