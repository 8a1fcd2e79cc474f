"""Which commands run others, and which of them a rule must name."""

from __future__ import annotations

import pytest

from actors.launchers import changes_the_shell, layers, spelled_out
from actors.shell_commands import parse_command_line


@pytest.mark.parametrize(
    ("line", "inner"),
    [
        ("timeout -k 1 5s git diff", ("git", "diff")),
        ("nice -n 5 env LANG=C command -p git", ("git",)),
        ("timeout 5 -x git", ("timeout", "5", "-x", "git")),
        ("env A=1 git", ("env", "A=1", "git")),
        ("./timeout 5 git", ("./timeout", "5", "git")),
        ("command -v git", ("command", "-v", "git")),
        ("time ! git", ("time", "!", "git")),
    ],
)
def test_wrappers_are_looked_through_only_when_understood(line, inner):
    (command,) = parse_command_line(line).commands
    assert layers(command)[-1].words == inner


@pytest.mark.parametrize(
    ("words", "count"),
    [
        (("git", "diff"), 0),
        (("sudo", "rm", "x"), 2),
        (("sudo", "-u", "me", "rm", "x"), 4),
        (("sudo", "--odd", "rm"), 4),
        (("sudo", "xargs", "-n", "1", "sh", "-c", "x", "y"), 7),
        (("find", ".", "-name", "x"), 0),
        (("find", ".", "-exec", "rm", "{}"), 4),
        (("find", ".", "-exec", "a", ";", "-exec", "sudo", "rm", "x"), 8),
        (("find", ".", "-delete"), 3),
        (("su", "me", "-c", "x"), 5),
        (("sh",), 2),
        (("git", "diff", "--output=x"), 3),
        (("git", "log", "--outp", "x", "a"), 4),
        (("git", "diff", "--stat", "--", "a"), 0),
        (("git", "-c", "alias.x=!sh", "x"), 3),
        (("git", "-C", "sub", "-c", "a.b", "x"), 5),
        (("git", "switch", "-c", "new"), 0),
        (("git", "grep", "-nOsh", "x"), 4),
        (("git", "grep", "-n", "x"), 0),
        (("git", "clone", "-uid", "x"), 4),
        (("sudo", "git", "fetch", "--upload-pack=sh", "."), 4),
        (("/usr/bin/git", "fetch", "--upload-p=sh", "."), 3),
        (("make", "test", "SHELL=./x"), 3),
        (("make", "S*"), 2),
        (("make", "test", "-kj4"), 0),
        (("make", "-kf", "x", "test"), 3),
        (("make", "test", "--ev=$(shell x)"), 3),
        (("go", "test", "-exec", "sh", "./..."), 4),
        (("go", "test", "-v", "./..."), 0),
        (("cargo", "test", "--config", "x"), 4),
        (("npm", "run", "test", "--script-shell=x"), 4),
        (("sort", "-uo", "x", "y"), 3),
        (("sort", "--compress-prog=x", "y"), 2),
        (("rg", "--pre", "sh", "x"), 3),
        (("rg", "--pretty", "x"), 0),
        (("tar", "-xf", "x", "--to-command=sh"), 4),
        (("man", "-Psh", "x"), 3),
        (("xargs", "git", "diff", "--output=x"), 4),
    ],
)
def test_a_rule_must_spell_out_what_a_launcher_runs(words, count):
    assert spelled_out(words) == count


def test_builtins_that_change_the_shell_are_known():
    changing = ["printf -v a b", "test -v a[0]", "wait -p a", "read a", "eval a", "jobs -x a", "hash -p a b"]
    harmless = ["printf a", "test -f a", "wait", "echo eval", "cd a"]
    assert all(changes_the_shell(parse_command_line(line).commands[0]) for line in changing)
    assert not any(changes_the_shell(parse_command_line(line).commands[0]) for line in harmless)
