"""Bash with real commands: what it runs and what it returns."""

from __future__ import annotations

import asyncio
import shutil
import threading
import tracemalloc

import pytest

from actors.tools.base import Workspace
from actors.tools.shell import Bash
from tests.actors.tools.context import RealContext

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")


@pytest.fixture
def context(tmp_path):
    return RealContext(tmp_path)


def bash(context, command, **fields):
    return context.run(Bash(), command=command, **fields)


def test_standard_output_and_error_come_in_order(context):
    result = bash(context, "echo one; echo two >&2; echo three")
    assert result.text == "one\ntwo\nthree"
    assert not result.is_error
    assert "".join(context.outputs) == "one\ntwo\nthree\n"
    assert bash(context, "true").text == "(no output)"


def test_another_exit_code_than_0_is_an_error_in_the_first_line(context):
    result = bash(context, "echo out; exit 3")
    assert result.text == "Exit code 3\nout"
    assert result.is_error
    assert bash(context, "kill -SEGV $$").text.startswith("Exit code 139 (ended by SIGSEGV)\n")
    assert "syntax error" in bash(context, "if").text


def test_it_runs_in_the_working_directory_with_the_environment_of_the_workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("STAGENT_TEST_SECRET", "of the daemon")
    own = RealContext(tmp_path).workspace.environment
    context = RealContext(tmp_path, {**own, "GREETING": "hello", "PAGER": "less"})
    command = "pwd; echo $GREETING $STAGENT $PAGER $GIT_PAGER $TERM $NO_COLOR $GIT_TERMINAL_PROMPT"
    assert bash(context, f"{command}; echo [$STAGENT_TEST_SECRET]").text == (
        f"{tmp_path.resolve()}\nhello 1 cat cat dumb 1 0\n[]"
    )


def test_there_is_nothing_on_standard_input_and_no_terminal(context):
    assert bash(context, "cat; read line; echo $?; tty").text == "Exit code 1\n1\nnot a tty"


@pytest.mark.parametrize(
    ("command", "output"),
    [
        ("-c 2>/dev/null; echo dash", "dash"),
        ("echo a\necho b # comment\n", "a\nb"),
        ("cat <<'X'\n$HOME\nX", "$HOME"),
        ("echo '日本' | wc -m", "3"),
    ],
)
def test_the_command_is_what_bash_reads(context, command, output):
    assert bash(context, command).text == output


def test_what_cannot_be_run_is_refused_in_words(context, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "NUL" in context.refused(Bash(), command="echo \0")
    assert "lone surrogate" in context.refused(Bash(), command="echo \ud800")
    assert "cannot be started: Argument list too long" in context.refused(
        Bash(), command=f"echo {'é' * 90_000}"
    )
    (tmp_path / "empty").mkdir()
    (tmp_path / "bash").write_text("echo of the repository")
    (tmp_path / "bash").chmod(0o755)
    missing_shell = RealContext(tmp_path, {"PATH": f".:{tmp_path / 'empty'}:"})
    assert missing_shell.refused(Bash(), command="true").startswith("Neither bash nor sh was found")
    context.workspace = Workspace(tmp_path / "gone", context.workspace.environment)
    assert context.refused(Bash(), command="true") == (
        f"The working directory {tmp_path / 'gone'} does not exist (any more)."
    )


def test_sh_stands_in_where_bash_is_missing(tmp_path):
    (tmp_path / "bin").mkdir()
    sh = shutil.which("sh")
    assert sh is not None
    (tmp_path / "bin/sh").symlink_to(sh)
    context = RealContext(tmp_path, {"PATH": str(tmp_path / "bin")})
    assert bash(context, "echo $0").text == str(tmp_path / "bin/sh")


def test_what_is_printed_last_is_not_lost(context):
    result = bash(context, "head -c 60000 /dev/zero | tr '\\0' x; echo end")
    assert result.text.endswith("xend")
    assert "[… 29,284 characters cut from the middle …]" in result.text


def test_what_is_printed_just_after_the_end_of_the_shell_is_not_lost(context):
    assert bash(context, "(for ((n = 0; n < 5000; n++)); do :; done; echo late) & exit 0").text.startswith(
        "late"
    )


def test_what_is_incomplete_at_the_end_is_not_lost(context):
    result = bash(context, r"printf 'x\xe2\x82'")
    assert result.text == "x\ufffd"
    assert "".join(context.outputs) == "x\ufffd"


def test_a_program_may_close_its_output_and_go_on(context, tmp_path):
    result = bash(
        context, "echo before; exec >&- 2>&-; for ((n = 0; n < 50000; n++)); do :; done; touch made; exit 4"
    )
    assert result.text == "Exit code 4\nbefore"
    assert (tmp_path / "made").exists()


def test_a_hundred_megabytes_cost_little_memory_and_few_events(context):
    command = (
        "echo first; yes 0123456789abcdef0123456789abcdef0123456789abcdef | head -c 100000000; echo last"
    )
    tracemalloc.start()
    try:
        result = bash(context, command)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8 * 1024**2
    assert result.text.startswith("first\n0123")
    assert result.text.endswith("last")
    assert 30 * 1024 < len(result.text) < 31 * 1024
    assert f"[… {100_000_000 + 11 - 30 * 1024:,} characters cut from the middle …]" in result.text
    assert len(context.outputs) < 1_000, "of twelve thousand pieces"
    assert sum(map(len, context.outputs)) < 1_000_000, "of a hundred million characters"


def test_escape_sequences_and_invalid_utf_8_are_replaced_everywhere(context):
    result = bash(context, r"printf '\033[1;31mred\033[0m \033]0;title\007caf\xe9 \xe2\x82\xac\n'")
    assert result.text == "red caf\ufffd €"
    assert "".join(context.outputs) == "red caf\ufffd €\n"


def test_it_works_on_a_loop_outside_the_main_thread(context):
    results = []
    thread = threading.Thread(target=lambda: results.append(bash(context, "echo there")))
    thread.start()
    thread.join(20)
    assert [result.text for result in results] == ["there"]


def test_commands_run_side_by_side(context):
    async def both():
        return await asyncio.gather(
            context.call(Bash(), command="mkfifo a b; echo 1 >a; cat b"),
            context.call(Bash(), command="while ! test -p b; do :; done; cat a; echo 2 >b"),
        )

    first, second = asyncio.run(asyncio.wait_for(both(), 20))
    assert (first.text, second.text) == ("2", "1")


def test_subject_summary_and_limits(context):
    def parsed(command, **fields):
        return Bash().parse({"command": command, **fields})

    subject = Bash().subject(parsed("git diff"), context.workspace)
    assert (subject.command, subject.paths, subject.only_reads) == ("git diff", (), False)
    assert Bash().summary(parsed("\n pytest -q \n"), context.workspace) == "pytest -q"
    assert Bash().summary(parsed("cd a\nrm -r b"), context.workspace) == "cd a …"
    assert Bash().summary(parsed("x" * 300), context.workspace) == "x" * 199 + "…"
    assert "timeout" in context.refused(Bash(), command="true", timeout=600_001)
    assert "timeout" in context.refused(Bash(), command="true", timeout=0)
