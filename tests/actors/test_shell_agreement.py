"""The parser against bash itself: nothing runs that the parser does not name."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from actors.launchers import changes_the_shell, layers, may_run
from actors.patterns import Pattern
from actors.permissions import Rule, decide
from actors.shell_commands import CommandLine, parse_command_line
from actors.tools.base import Subject

STUBS = ("git", "diff", "rm", "a", "nohup", "x", "tim")
PLAIN_FRAGMENTS = r"""
git diff rm a nohup x tim time if then fi else elif do done { } ( ) ! case esac in for [ [[ ]] ] a[ coproc function
select eval true -p x=1 += =( # ' " \ ; & | || && |& ;; ;& < > << <<< >> <& >& &> <( /dev/null 2>&1 1 2 - $ $( ` * ? ~
é '' "" {a,b} {} EOF LANG=C () (( )) @( =~ % ^ :
"""
FRAGMENTS = [*PLAIN_FRAGMENTS.split(), "\n", "\\\n", "\\\n", " ", "\t", "\\ ", "a\\ b", "'a b'"]
PLAIN_LINES = r"""
if true; then git diff; fi
case x in x) git a;; esac
for i in a b; do rm; done
{ git; }
( rm )
git diff 2>&1 | rm
! git
time git
git > /dev/null diff
case git in (x|y) rm ;; *) git;; esac
time -p git | time rm
git;rm&&a||x|git&rm
{ { git; }; }
git --a="b c" 'd e'
git 2>&1 1>&2 -- a
! ! git
"""
LINES = [
    *PLAIN_LINES.strip().split("\n"),
    "# c\nrm",
    "git \\\n diff",
    "git a#b # c\\\nrm",
    "if git\nthen\nrm\nfi",
]


def is_understood(line: CommandLine) -> bool:
    return line.why_unknown is None and all(command.is_literal for command in line.commands)


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(st.lists(st.sampled_from(FRAGMENTS) | st.characters(), max_size=12), st.sampled_from(["", " "]))
def test_any_text_gets_an_answer(fragments, separator):
    parsed = parse_command_line(separator.join(fragments))
    for command in parsed.commands:
        assert list(may_run(command))


def mutated(line: str, position: int, removed: int, fragment: str) -> str:
    at = position % (len(line) + 1)
    return line[:at] + fragment + line[at + removed :]


HIDING_LINES = [
    *("echo $x; rm", "cat <<E\nrm\nE", "cat <<E; rm\nx\nE", "cat <<A <<B\na\nA\nrm\nB\nrm"),
    *("eval 'rm x'", "x=$(rm) a", "a $(( $(rm) )) b", "cat <<-E\n\tE\nrm", "echo ${x:-`rm`}", "a=(1 $(rm))"),
    *(
        'case $x in "") rm;; esac',
        "[[ -z $(rm) ]]",
        "exec rm",
        "{ rm; } <<E\nE\n",
        "git 2>/dev/null r\\\nm",
        "$x rm",
    ),
    *("git # c\\\nrm", "a[0]=x rm", "> /dev/null rm", "trap rm EXIT", 'echo "$(rm)" b', "nohup rm", "{rm,x}"),
]


def mutations(lines: list[str]) -> st.SearchStrategy[str]:
    fragments = FRAGMENTS + [f" {fragment} " for fragment in FRAGMENTS]
    return st.builds(
        mutated, st.sampled_from(lines), st.integers(0, 80), st.integers(0, 2), st.sampled_from(fragments)
    )


RANDOM_LINES = st.one_of(
    st.builds("".join, st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=8)),
    st.builds(" ".join, st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=6)),
    *[mutations([*LINES, *(f"{first}\n{second}" for first in LINES for second in LINES)])] * 3,
)


class Bash:
    """Real bash with harmless programs, which only tell how they were called."""

    def __init__(self, folder: Path) -> None:
        self.work = folder / "work"
        self.work.mkdir()
        programs = folder / "programs"
        programs.mkdir()
        for name in STUBS:
            program = programs / name
            program.write_text('#!/bin/sh\nprintf \'%s\\037\' "${0##*/}" "$@" \'\036\' >> "$LOG"\n')
            program.chmod(0o755)
        self.log = folder / "log"
        self.environment = {"PATH": str(programs), "LOG": str(self.log), "HOME": "~", "LC_ALL": "C.UTF-8"}
        self.environment |= {"FUNCNEST": "9"}
        self.bash = shutil.which("bash") or "bash"

    def run(self, line: str) -> list[tuple[str, ...]]:
        """The calls of the programs; waits for those in the background too."""
        self.log.write_text("")
        # Whatever still runs holds the pipe open.
        read_end, write_end = os.pipe()
        process = subprocess.Popen(
            [self.bash, "-c", line],
            env=self.environment,
            cwd=self.work,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[write_end],
            start_new_session=True,
        )
        os.close(write_end)
        deadline = threading.Timer(20, os.killpg, (process.pid, signal.SIGKILL))
        deadline.start()
        with os.fdopen(read_end, "rb") as pipe:
            pipe.read()
        process.wait()
        deadline.cancel()
        deadline.join()
        calls = self.log.read_text(errors="replace").split("\036\037")
        return [tuple(call.split("\037")[:-1]) for call in calls[:-1]]


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_runs_nothing_that_the_parser_does_not_name(tmp_path):
    bash = Bash(tmp_path)
    calls_seen = 0

    @settings(
        max_examples=600,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
    )
    @given(RANDOM_LINES)
    @example("git \\\n diff; time -p rm x | a &")
    @example("gi\\\nt diff")
    @example("git diff&\\\n&rm x")
    @example("git \\ diff")
    @example("time { rm x; }")
    @example("a[ git ; rm ]=1")
    @example("git > /dev/null rm x")
    def check(line):
        nonlocal calls_seen
        parsed = parse_command_line(line)
        is_open = any(part.is_open for command in parsed.commands for part in command.parts)
        if is_open or not is_understood(parsed):
            return
        if any(changes_the_shell(layers(command)[-1]) for command in parsed.commands):
            return
        named = {layer.words for command in parsed.commands for layer in layers(command)}
        calls = bash.run(line)
        calls_seen += len(calls)
        assert set(calls) <= named
        assert list(bash.work.iterdir()) == []

    check()
    assert calls_seen > 50


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_runs_nothing_that_a_rule_denies(tmp_path):
    bash = Bash(tmp_path)
    calls_seen = 0
    rules = [
        Rule("1", Pattern.parse("Bash"), "allow", None, 0),
        Rule("2", Pattern.parse("Bash(rm *)"), "deny", None, 0),
    ]

    @settings(max_examples=400, deadline=None, derandomize=True, database=None)
    @given(mutations(HIDING_LINES))
    def check(line):
        nonlocal calls_seen
        subject = Subject("Bash", tmp_path, command=line)
        if decide(rules, subject, project_id=None, now_ms=0).behavior == "allow":
            calls = bash.run(line)
            calls_seen += len(calls)
            assert "rm" not in {call[0] for call in calls}

    check()
    assert calls_seen > 5
    assert all(
        decide(rules, Subject("Bash", tmp_path, command=line), project_id=None, now_ms=0).behavior != "allow"
        for line in [*HIDING_LINES, "f() { rm; }; f"]
    )
