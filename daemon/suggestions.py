"""Prompts to start with: about the person's own projects, tasks, documents and conversations, then general ones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from actors.environment.facts import Facts, Purpose
from daemon.schemas import PromptCategory, SuggestedPrompt
from storage.records import Conversation, Document, Project, Task

MAX_PROMPTS = 5
MAX_OWN = 3
"""So many of a category's prompts are about the person's own things, so that there are always some others."""

MAX_PROJECTS = 2
LABEL_LENGTH = 40
NAME_LENGTH = 200
PLAIN_BRANCH = re.compile(r"[\w./#+-]{1,80}")
"""Others are left out: the prompt is sent as the person's own words."""

USUAL_BRANCHES = frozenset({"main", "master", "trunk", "develop"})

FILLERS: dict[str, tuple[tuple[str, str], ...]] = {
    "explore": (
        ("Explain this project", "Read the README and the main folders, then explain what this project does, how it is built and where to start reading."),
        ("Find where something happens", "Find the place in the code that handles user input, and follow it to where data is stored. Name files and lines."),
        ("Summarise recent changes", "Look at the git log of the last two weeks and summarise what changed and why, grouped by topic."),
    ),
    "create": (
        ("Write a missing test", "Find a function with logic but no test, write a test for it that would fail if the logic were wrong, and run it."),
        ("Draft a README", "Draft a README for this project: what it is, how to install it, how to use it, how to develop it. Only what the code shows."),
        ("Add a command-line option", "Look at how this project parses its command line and propose a useful option, with code and test."),
    ),
    "debug": (
        ("Run the tests and mend one", "Run the test suite. If a test fails, find the cause, explain it, and propose the smallest change that mends it."),
        ("Explain an error", "I have an error message that I don't understand. Ask me for it, then find its cause in this project."),
        ("Find a race or a leak", "Search this project for a resource that is opened but not always closed, and show how to mend it."),
    ),
    "automate": (
        ("Set up a check before commits", "Set up a script that formats, lints and tests this project, and explain how to run it before each commit."),
        ("List outdated dependencies", "List this project's dependencies that have newer versions, with the risk of updating each."),
        ("Write a release script", "Write a script that makes a release of this project: version, changelog, tag. Ask before anything is published."),
    ),
    "smart": (
        ("What should I do next?", "Look at the open work in this project (TODO comments, failing tests, recent branches) and tell me the three most useful next steps."),
        ("Review my last change", "Review the uncommitted changes, or the last commit where there are none. Be strict: correctness first, then clarity."),
        ("Ask me three questions", "Read enough of this project to ask me three questions whose answers would help you most in your work."),
    ),
}  # fmt: skip
CATEGORIES = (
    ("explore", "Explore", "compass"),
    ("create", "Create", "sparkles"),
    ("debug", "Debug", "bug"),
    ("automate", "Automate", "workflow"),
    ("smart", "Smart", "brain"),
)


class Store(msgspec.Struct, frozen=True):
    """What a person has worked on lately, the newest first.

    Attributes:
        facts: what is known of the projects' folders, by project id.
    """

    projects: Sequence[Project] = ()
    tasks: Sequence[Task] = ()
    documents: Sequence[Document] = ()
    conversations: Sequence[Conversation] = ()
    facts: Mapping[str, Facts] = msgspec.field(default_factory=dict)


class _Own(msgspec.Struct, frozen=True):
    """A prompt about something of the person's; `{}` stands for its name."""

    category: str
    label: str
    prompt: str
    name: str

    @property
    def shown(self) -> SuggestedPrompt:
        room = LABEL_LENGTH - len(self.label.replace("{}", ""))
        label = self.label.replace("{}", _short(self.name, room))
        return SuggestedPrompt(label=label, prompt=self.prompt.replace("{}", _short(self.name, NAME_LENGTH)))


def suggest(store: Store) -> list[PromptCategory]:
    """Three to five prompts for each category."""
    own = list(_own(store))
    return [
        PromptCategory(
            id=category,
            label=label,
            icon=icon,
            prompts=[
                *[one.shown for one in own if one.category == category][:MAX_OWN],
                *[SuggestedPrompt(label=short, prompt=full) for short, full in FILLERS[category]],
            ][:MAX_PROMPTS],
        )
        for category, label, icon in CATEGORIES
    ]


def _own(store: Store) -> Iterator[_Own]:
    """All prompts about what is in the store, the best of each category first."""
    yield from _about_tasks(store.tasks)
    for conversation in [one for one in store.conversations if one.title][:2]:
        yield _Own(
            "smart",
            "Pick up “{}”",
            "We talked about “{}” before. Summarise where that stands and what is left to do.",
            conversation.title or "",
        )
    for project in store.projects[:MAX_PROJECTS]:
        yield from _about_project(project.name, store.facts.get(project.id))
    for document in [one for one in store.documents if one.state == "ready"][:2]:
        yield _Own(
            "explore",
            "Summarise {}",
            "Summarise the document “{}”: what it says, what follows from it, and what is unclear.",
            document.name,
        )


def _about_tasks(tasks: Sequence[Task]) -> Iterator[_Own]:
    for task in [one for one in tasks if one.status == "failed"][:1]:
        yield _Own(
            "debug",
            "Why did “{}” fail?",
            "The task “{}” has failed. Look at its result, find the cause, and propose what to do.",
            task.title,
        )
    planned = [one for one in tasks if one.status == "planned"]
    for task in planned[:1]:
        yield _Own(
            "create",
            "Start on “{}”",
            "Let's work on the task “{}”. Read it, ask what is unclear, then propose the steps.",
            task.title,
        )
    if len(planned) > 1:
        yield _Own(
            "smart",
            "Put my open tasks in order",
            "List my planned tasks, and tell me in which order to do them and why.",
            "",
        )


def _about_project(name: str, facts: Facts | None) -> Iterator[_Own]:
    yield _Own(
        "explore",
        "Give me a tour of {}",
        "Give me a tour of the project {}: purpose, structure, main flows.",
        name,
    )
    yield _Own(
        "create",
        "Plan a feature for {}",
        "Help me plan a feature for the project {}: ask what it should do, then list the steps.",
        name,
    )
    if facts is not None and (test := _command(facts, "test")):
        yield _Own(
            "debug",
            "Run the tests of {}",
            f"Run `{test}` in the project {{}}. If something fails, find the cause, explain it, and propose the smallest change that mends it.",
            name,
        )
    elif facts is not None:
        yield _Own(
            "create",
            "Write a first test for {}",
            "I found no test command in the project {}. Propose how to test it, and write a first test.",
            name,
        )
    yield _Own(
        "debug",
        "Find a bug in {}",
        "Look for a likely bug in the project {}, show how to provoke it, and propose a fix.",
        name,
    )
    checks = [command for purpose in ("lint", "build") if facts and (command := _command(facts, purpose))]
    if checks:
        yield _Own(
            "automate",
            "Run the checks of {}",
            f"Run {' and '.join(f'`{one}`' for one in checks)} in the project {{}}, and report what needs attention.",
            name,
        )
    yield _Own(
        "automate",
        "Check the health of {}",
        "Run the tests and linters of the project {} and report what needs attention.",
        name,
    )
    branch = facts.git.branch if facts is not None and facts.git is not None else None
    if branch is not None and branch not in USUAL_BRANCHES and PLAIN_BRANCH.fullmatch(branch):
        yield _Own(
            "smart",
            "Review my branch in {}",
            f"Review the branch `{branch}` of the project {{}} against the main one. Be strict: correctness first, then clarity.",
            name,
        )


def _command(facts: Facts, purpose: Purpose) -> str | None:
    return next((one.command for one in facts.commands if one.purpose == purpose), None)


def _short(name: str, length: int) -> str:
    """A name on one line, and not too long."""
    line = " ".join(name.split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"
