"""Glob and Grep with the real ripgrep on real trees."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from actors.tools.search import Glob, Grep
from tests.actors.tools.context import RealContext


@pytest.fixture
def root(tmp_path):
    return tmp_path.resolve()


@pytest.fixture
def context(root):
    return RealContext(root)


def plant(root: Path, *names: str, text: str = "needle\n") -> None:
    """Files with the text, each newer than the one before."""
    for age, name in enumerate(names):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
        os.utime(root / name, (1_000_000 + age, 1_000_000 + age))


def globbed(context, pattern, /, **fields):
    return context.run(Glob(), pattern=pattern, **fields).text.split("\n")


def grepped(context, pattern, /, **fields):
    return context.run(Grep(), pattern=pattern, **fields).text.split("\n")


def test_files_come_newest_first_with_paths_from_the_working_directory(context, root):
    plant(root, "src/b.py", "a.py", "src/deep/c.py", "src/d.ts")
    assert globbed(context, "**/*.py") == ["src/deep/c.py", "a.py", "src/b.py"]
    assert globbed(context, "*.py") == ["src/deep/c.py", "a.py", "src/b.py"]
    assert globbed(context, "*.py", path="src") == ["src/deep/c.py", "src/b.py"]
    assert globbed(context, "src/*.py") == ["src/b.py"]
    assert globbed(context, "src/**/*.{py,ts}") == ["src/d.ts", "src/deep/c.py", "src/b.py"]
    assert globbed(context, "./src/") == ["src/d.ts", "src/deep/c.py", "src/b.py"]
    assert globbed(context, "[ab].??") == ["a.py", "src/b.py"]
    assert globbed(context, "*.rs") == ["No files match."]


def test_an_absolute_pattern_brings_its_folder_along(context, root, tmp_path_factory):
    other = tmp_path_factory.mktemp("other").resolve()
    plant(other, "x/one.md", "two.md")
    plant(root, "src/b.py")
    tool_input = Glob().parse({"pattern": f"{other}/**/*.md"})
    assert Glob().subject(tool_input, context.workspace).paths == (other,)
    assert globbed(context, f"{other}/**/*.md") == [f"{other}/two.md", f"{other}/x/one.md"]
    assert globbed(context, f"{root}/src/b.py") == ["src/b.py"]


@pytest.mark.parametrize("pattern", ["**/*", "**", "*", "*.log", "**/*.js", "build/**", "build/out.js"])
def test_ignored_files_stay_out_whatever_the_pattern(context, root, pattern):
    plant(root, "a.js", "build/out.js", "debug.log", "kept.log", "sub/x.log", ".git/config", ".github/ci.log")
    (root / ".gitignore").write_text("build/\n*.log\n!kept.log\n")
    everything = {"a.js", "kept.log", ".gitignore"}
    expected = {
        "*.log": {"kept.log"},
        "**/*.js": {"a.js"},
        "build/**": {"No files match."},
        "build/out.js": {"No files match."},
    }
    assert set(globbed(context, pattern)) == expected.get(pattern, everything)


def test_hidden_files_are_found_but_not_those_of_git(context, root):
    plant(root, ".github/workflows/ci.yml", ".git/hooks/x.yml")
    assert globbed(context, "*.yml") == [".github/workflows/ci.yml"]


def test_symlinks_are_not_followed_out(context, root, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    plant(other, "secret.txt")
    plant(root, "own.txt")
    (root / "folder").symlink_to(other)
    (root / "file.txt").symlink_to(other / "secret.txt")
    assert globbed(context, "**/*.txt") == ["own.txt"]
    assert grepped(context, "needle") == ["own.txt"]


def test_at_most_a_thousand_paths_the_newest(context, root):
    plant(root, *(f"f{n}.txt" for n in range(1003)))
    lines = globbed(context, "*.txt")
    assert lines[:2] == ["f1002.txt", "f1001.txt"]
    assert lines[999] == "f3.txt"
    assert lines[1000:] == ["[The newest 1,000 of 1,003 files. Narrow the pattern to see others.]"]


def test_odd_names_are_taken_literally(context, root):
    plant(root, "!a.txt", "#b.txt", "-c.txt", "d e.txt", "new\nline.txt")
    assert globbed(context, "!a.txt") == ["!a.txt"]
    assert globbed(context, "#b.txt") == ["#b.txt"]
    assert globbed(context, "-c.txt") == ["-c.txt"]
    assert globbed(context, "d e.txt") == ["d e.txt"]
    (root / os.fsdecode(b"caf\xe9.md")).touch()
    assert globbed(context, "*.md") == ["caf\ufffd.md"]


def test_bad_globs_and_folders_are_refused(context, root):
    plant(root, "src/a.py")
    assert "unclosed character class" in context.run(Glob(), pattern="[").text
    assert context.run(Glob(), pattern="[").is_error
    assert "cannot hold `..`" in context.refused(Glob(), pattern="../*")
    assert context.refused(Glob(), pattern="*", path="scr") == (
        f"scr does not exist. Did you mean {root}/src?"
    )
    assert context.refused(Glob(), pattern="*", path="src/a.py") == "src/a.py is not a folder."


def test_grep_lists_paths_by_default(context, root):
    plant(root, "b.py", "src/a.py", "c.md")
    plant(root, "other.py", text="hay\n")
    assert grepped(context, "needle") == ["b.py", "c.md", "src/a.py"]
    assert grepped(context, "needle", path="src") == ["src/a.py"]
    assert grepped(context, "needle", path=str(root / "src/a.py")) == ["src/a.py"]
    assert grepped(context, "needle", glob="*.py") == ["b.py", "src/a.py"]
    assert grepped(context, "needle", glob="!*.py") == ["c.md"]
    assert grepped(context, "needle", glob="src/*") == ["src/a.py"]
    plant(root, "deep/src/a.rs")
    assert grepped(context, "needle", glob="src/*.rs") == ["deep/src/a.rs"]
    assert grepped(context, "needle", type="md") == ["c.md"]
    assert grepped(context, "nothing like it") == ["No matches."]
    assert not context.run(Grep(), pattern="nothing like it").is_error


def test_grep_shows_lines_with_numbers_and_context(context, root):
    (root / "a.txt").write_text("one\ntwo\nneedle\nfour\nfive\n")
    assert grepped(context, "needle", output_mode="content") == ["a.txt:3:needle"]
    assert grepped(context, "needle", output_mode="content", context=1) == [
        "a.txt-2-two",
        "a.txt:3:needle",
        "a.txt-4-four",
    ]
    lines = grepped(context, "needle", output_mode="content", before_context=2, after_context=1)
    assert lines == ["a.txt-1-one", "a.txt-2-two", "a.txt:3:needle", "a.txt-4-four"]


def test_grep_counts_and_knows_case_and_lines(context, root):
    (root / "a.txt").write_text("x\nX\nx x\nstart\nend\n")
    assert grepped(context, "x", output_mode="count") == ["a.txt:2"]
    assert grepped(context, "x", output_mode="count", case_insensitive=True) == ["a.txt:3"]
    assert grepped(context, "start.end") == ["No matches."]
    assert grepped(context, "start.end", multiline=True) == ["a.txt"]


def test_head_limit_cuts_and_says_so(context, root):
    plant(root, *(f"f{n}.txt" for n in range(5)))
    assert grepped(context, "needle", head_limit=2) == [
        "f0.txt",
        "f1.txt",
        "[There is more; these are the first 2 lines.]",
    ]
    assert len(grepped(context, "needle", head_limit=5)) == 5


def test_what_begins_with_a_dash_is_no_option(context, root):
    (root / "-v").write_text("--files\n")
    assert grepped(context, "--files") == ["-v"]
    assert grepped(context, "--files", path="-v", output_mode="content") == ["-v:1:--files"]


def test_ripgrep_explains_a_bad_expression_or_type(context, root):
    plant(root, "a.txt")
    result = context.run(Grep(), pattern="(")
    assert result.is_error
    assert "unclosed group" in result.text
    result = context.run(Grep(), pattern="x", type="klingon")
    assert result.is_error
    assert "klingon" in result.text


def test_the_configuration_of_a_user_does_not_count(root):
    plant(root, "a.txt")
    (root / "ripgreprc").write_text("--invert-match\n")
    environment = {"PATH": os.environ["PATH"], "RIPGREP_CONFIG_PATH": str(root / "ripgreprc")}
    assert grepped(RealContext(root, environment), "needle") == ["a.txt"]


SECRETS = (
    ".env",
    "sub/.ENV",
    "sub/.env.local",
    "key.pem",
    "KEY.PEM",
    "sub/id_ed25519",
    "sub/credentials",
    "sub/Secrets.yaml",
    "sub/.netrc",
    ".ssh/known",
    "sub/.aws/config",
    "sub/.docker/config.json",
)


@pytest.mark.parametrize(
    "glob", [None, "**/*", "*.pem", ".env*", "**/.ssh/**", "{.env,*.pem,*.txt}", "!*.md"]
)
def test_secrets_are_never_searched_in_passing(context, root, glob):
    plant(root, *SECRETS, "a.txt")
    fields = {} if glob is None else {"glob": glob}
    (root / "sub/b.txt").write_text("needle\n")
    assert not set(grepped(context, "needle", **fields)) & set(SECRETS)
    assert not set(grepped(context, "needle", path="sub", **fields)) & set(SECRETS)
    if glob in {None, "**/*", "!*.md"}:
        assert grepped(context, "needle", **fields) == ["a.txt", "sub/b.txt"]


@pytest.mark.parametrize("name", [".env", "key.pem", ".ssh/known"])
def test_a_secret_that_is_named_itself_is_searched(context, root, name):
    plant(root, *SECRETS)
    assert grepped(context, "needle", path=name) == [name]


def test_a_folder_of_secrets_is_not_searched(context, root):
    plant(root, ".ssh/known", "home/.ssh/deep/x")
    for path in (".ssh", "home/.ssh", "home/.ssh/deep"):
        assert "is a folder for secrets" in context.refused(Grep(), pattern="needle", path=path)


def test_git_and_ignored_files_are_not_searched(context, root):
    plant(root, "a.txt", "build/b.txt", ".git/c.txt", ".github/d.txt")
    (root / ".gitignore").write_text("build\n")
    assert grepped(context, "needle") == [".github/d.txt", "a.txt"]
    assert grepped(context, "needle", glob="{.git,c.txt}")[0].startswith("No files to search: ")
    assert not context.run(Grep(), pattern="needle", type="rust").is_error


def test_what_is_ignored_is_known_without_a_repository_too(context, root):
    plant(root, "a.txt", "build/b.txt")
    (root / ".gitignore").write_text("build\n")
    assert grepped(context, "needle") == ["a.txt"]
    assert globbed(context, "**/*.txt") == ["a.txt"]


def test_the_output_is_bounded(context, root):
    with (root / "big.txt").open("w") as file:
        file.writelines(f"needle {'x' * 90} {n}\n" for n in range(300_000))
    result = context.run(Grep(), pattern="needle", output_mode="content")
    *lines, note = result.text.split("\n")
    assert note.startswith("[There is more; the output was cut at 30 KB.")
    assert 29 * 1024 < len("\n".join(lines)) <= 30 * 1024
    assert lines[-1].endswith(f" {len(lines) - 1}")


def test_one_long_line_is_shortened(context, root):
    (root / "min.js").write_text("x" * 500_000 + "needle\n")
    result = context.run(Grep(), pattern="x", output_mode="content")
    assert len(result.text) < 1200


def test_paths_that_cannot_be_searched_are_refused(context, root):
    os.mkfifo(root / "pipe")
    plant(root, "src/a.py")
    assert context.refused(Grep(), pattern="x", path="pipe") == "pipe is a named pipe, not a regular file."
    assert context.refused(Grep(), pattern="x", path="srv") == (
        f"srv does not exist. Did you mean {root}/src?"
    )


def test_subjects_and_summaries(context, root):
    (root / "real").mkdir()
    (root / "link").symlink_to("real")
    glob = Glob().parse({"pattern": "*.py", "path": "link"})
    assert Glob().subject(glob, context.workspace).paths == (root / "real",)
    assert Glob().summary(glob, context.workspace) == "*.py in real"
    assert Glob().summary(Glob().parse({"pattern": "*.py"}), context.workspace) == "*.py"
    grep = Grep().parse({"pattern": "a b", "path": "link"})
    assert Grep().subject(grep, context.workspace).paths == (root / "real",)
    assert Grep().summary(grep, context.workspace) == "/a b/ in real"
    grep = Grep().parse({"pattern": "x"})
    subject = Grep().subject(grep, context.workspace)
    assert subject.paths == (root,)
    assert subject.only_reads
