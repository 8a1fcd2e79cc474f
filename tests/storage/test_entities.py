"""Entities are found by what is typed so far, in an order that a person expects, however many there are."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from storage import conversations, entities, projects
from storage.database import Database
from storage.entities import STORED_TYPES
from storage.name_ranking import NameQuery
from storage.records import EntityType, Project
from storage.statements import Statement
from tests.storage.conftest import a_conversation

PROJECT = Project("p", "Webshop", "Sells things", None, "active", 1, 1)


def found(database: Database, text: str, *types: EntityType, limit: int = 20) -> list[str]:
    kinds = types or STORED_TYPES
    return [one.label for one in entities.search(database, NameQuery(text), kinds, limit)]


def add(database: Database, *labels: str) -> None:
    """Conversations with these titles, each newer than the one before."""
    database.write(
        *(
            conversations.insert(a_conversation(title=label, updated_at=at))
            for at, label in enumerate(labels, 1)
        )
    )


def test_it_is_known_what_labels_begin_with(database: Database) -> None:
    add(database, "Flow chart", "Überblick", "100%_safe", "x", "\U0010ffff")
    asked = [
        "flo",
        "FLOW CHART",
        "low",
        "flow chart!",
        "Übe",
        "übe",
        "100",
        "%_s",
        "x",
        "xy",
        "\U0010ffff",
        "",
    ]
    known = entities.beginnings(database, asked)
    assert known == {"flo", "FLOW CHART", "Übe", "100", "x", "\U0010ffff", ""}


def test_the_best_come_first_and_of_the_same_rank_the_newest(database: Database) -> None:
    add(database, "flow", "flow chart", "old auth flow", "auth flow", "flower auth", "my flowers", "overflow")
    assert found(database, "Flow") == [
        "flow",
        "flower auth",
        "flow chart",
        "auth flow",
        "old auth flow",
        "my flowers",
        "overflow",
    ]
    assert found(database, "flow", limit=2) == ["flow", "flower auth"]
    assert found(database, "auth old") == ["old auth flow"]
    assert found(database, "nothing") == []


def test_letters_in_order_are_found_last(database: Database) -> None:
    add(database, "A flower", "Release notes", "Rlsn")
    assert found(database, "rlsn") == ["Rlsn", "Release notes"]
    assert found(database, "rlsx") == []


def test_a_query_too_short_for_the_index_finds_the_same_way(database: Database) -> None:
    add(database, "fl", "a flat", "flat", "Über", "no")
    assert found(database, "fl") == ["fl", "flat", "a flat"]
    assert found(database, "ü") == ["Über"]
    assert found(database, "x") == []


@pytest.mark.parametrize("sign", ["%", "_", "*", '"', "'", "%_%", '"x" OR', "NEAR(", "a b^c", "\\", "--"])
def test_signs_stand_for_themselves(database: Database, sign: str) -> None:
    add(database, "plain words", f"with {sign} inside", "another")
    assert found(database, sign) == [f"with {sign} inside"]


def test_without_a_query_the_newest_of_all_kinds_come(database: Database) -> None:
    add(database, "one", "two", "three")
    database.write(projects.insert(replace(PROJECT, updated_at=2)))
    assert found(database, "", limit=3) == ["three", "Webshop", "two"] or found(database, "", limit=3) == [
        "three",
        "two",
        "Webshop",
    ]
    assert found(database, " ", "project") == ["Webshop"]
    assert found(database, "", "file") == []


def test_an_exact_match_is_found_behind_thousands_that_only_begin_like_it(database: Database) -> None:
    database.write(
        *(
            Statement(
                "INSERT INTO entities (entity_type, entity_id, label, updated_at) VALUES ('task', ?, ?, ?)",
                (str(n), f"fix {n}" if n else "fix", n),
            )
            for n in range(4_000)
        )
    )
    assert found(database, "fix")[:2] == ["fix", "fix 3999"]
    assert found(database, "fi", limit=1) == ["fix 3999"]


def test_the_index_follows_the_rows(database: Database) -> None:
    database.write(projects.insert(PROJECT))
    [entity] = entities.search(database, NameQuery("webshop"), STORED_TYPES, 5)
    assert (entity.entity_type, entity.entity_id, entity.status, entity.description) == (
        "project",
        "p",
        "active",
        "Sells things",
    )
    assert entities.exists(database, "project", "p")
    assert not entities.exists(database, "task", "p")
    assert not entities.exists(database, "file", "p")
    assert [one.label for one in entities.by_id(database, ["p", "q"])] == ["Webshop"]
    database.write(projects.update("p", {"name": "Shop"}, 2))
    assert found(database, "webshop") == []
    assert found(database, "shop") == ["Shop"]
    database.write(projects.delete("p"))
    assert found(database, "shop") == []
    assert not entities.exists(database, "project", "p")


def test_only_the_kinds_that_are_asked_for_are_found(database: Database) -> None:
    add(database, "Web", "Webshop talk", "My webshop")
    database.write(projects.insert(PROJECT))
    assert found(database, "web", "project") == ["Webshop"]
    assert found(database, "bsho", "project", "task") == ["Webshop"]
    assert found(database, "web", "conversation") == ["Web", "Webshop talk", "My webshop"]
    assert found(database, "web", "task") == found(database, "web", "file") == []


texts = st.text(st.sampled_from("ab%_\"'* é-"), min_size=1, max_size=6)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(texts, max_size=8), texts)
def test_the_search_finds_what_a_look_at_every_label_finds(
    database: Database, labels: list[str], text: str
) -> None:
    database.write(Statement("DELETE FROM conversations", ()))
    add(database, *labels)
    query = NameQuery(text)
    ranked = [
        (rank, -at, label) for at, label in enumerate(labels, 1) if (rank := query.rank(label)) is not None
    ]
    expected = [label for _, _, label in sorted(ranked)] if query.text else labels[::-1]
    assert found(database, text) == expected
