"""Files by name: fuzzy enough for paths, newest first, and quick among tens of thousands."""

from __future__ import annotations

from pathlib import Path, PurePath

import pytest

from actors import file_names
from actors.file_names import LOOKED_AT, FileNames
from actors.secret_paths import looks_secret
from storage.name_ranking import NameQuery

ROOT = Path("/work dir")
FILES = (
    "src/auth/login.ts",
    "src/auth/login_test.ts",
    "src/app/catalog.ts",
    "src/authors.md",
    "docs/auth.md",
    "README.md",
    "src/old/Login.ts",
    "a/b%c_d.txt",
    "odd\nname.txt",
)


def found(text: str, *files: str, limit: int = 20) -> list[str]:
    """What is found among files of which each is newer than the one before."""
    names = FileNames(ROOT, ((path, at) for at, path in enumerate(files or FILES)))
    return [file.path for file in names.search(NameQuery(text), limit)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("src/au/log", ["src/auth/login_test.ts", "src/auth/login.ts"]),
        ("src au log", ["src/auth/login_test.ts", "src/auth/login.ts"]),
        ("login.ts", ["src/old/Login.ts", "src/auth/login.ts"]),
        ("src/auth/login.ts", ["src/auth/login.ts"]),
        ("auth/login.ts", ["src/auth/login.ts"]),
        ("catal", ["src/app/catalog.ts"]),
        ("atalo", ["src/app/catalog.ts"]),
        ("md auth", ["docs/auth.md", "src/authors.md"]),
        ("%", ["a/b%c_d.txt"]),
        ("c_d", ["a/b%c_d.txt"]),
        ("odd name", ["odd\nname.txt"]),
        ("nothing", []),
        ("lgts", ["src/old/Login.ts", "src/auth/login_test.ts", "src/auth/login.ts"]),
        ("rdm", ["README.md"]),
        ("gnt", []),
        ("lgz", []),
        ("log/src", []),
        ("src/src", []),
        ("th/gin/s", ["src/auth/login_test.ts", "src/auth/login.ts"]),
        ("ts login", ["src/old/Login.ts", "src/auth/login_test.ts", "src/auth/login.ts"]),
    ],
)
def test_a_path_is_found(text: str, expected: list[str]) -> None:
    assert found(text) == expected


def test_the_name_counts_before_the_folders() -> None:
    assert found("auth") == [
        "docs/auth.md",
        "src/authors.md",
        "src/auth/login_test.ts",
        "src/auth/login.ts",
    ]


def test_without_a_query_what_changed_last_comes_first() -> None:
    assert found("", limit=2) == ["odd\nname.txt", "a/b%c_d.txt"]


def test_what_looks_like_a_secret_is_not_offered() -> None:
    files = (".env", "keys/id_rsa", "env.py", "conf/.env.local", "server.key")
    assert found("env", *files) == ["env.py"]
    assert found("", *files) == ["env.py"]
    names = FileNames(ROOT, ((path, at) for at, path in enumerate(files)))
    again = [[file.path for file in names.search(NameQuery(text), 9)] for text in ("", "env", "key", "")]
    assert again == [["env.py"], ["env.py"], [], ["env.py"]]


def test_what_looks_like_a_secret_is_judged_once(monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[str] = []

    def counted(path: PurePath, root: PurePath) -> bool:
        judged.append(path.name)
        return looks_secret(path, root)

    monkeypatch.setattr(file_names, "looks_secret", counted)
    names = FileNames(ROOT, (("env.py", 1), ("server.key", 2)))
    for text in ("", "e", "env", "server"):
        names.search(NameQuery(text), 9)
    assert sorted(judged) == ["env.py", "server.key"]


class CountedQuery(NameQuery):
    """Counts the names that it is asked about."""

    asked = 0

    def rank_folded(self, name: str) -> int | None:
        self.asked += 1
        return super().rank_folded(name)


def test_of_fifty_thousand_files_few_are_looked_at_while_one_types() -> None:
    paths = [f"packages/part{n % 400}/src/{'abcdefgh'[n % 8]}/module_{n}/index_{n}.ts" for n in range(50_000)]
    names = FileNames(ROOT, ((path, at) for at, path in enumerate(paths)))
    for text in ("i", "index_4", "pack/part3/mod", "index_49999.ts", "zzz", "module", "part7 index ts"):
        query = CountedQuery(text)
        names.search(query, 20)
        assert query.asked <= LOOKED_AT, text
    assert [file.path for file in names.search(NameQuery("index_49999.ts"), 5)] == [paths[-1]]
