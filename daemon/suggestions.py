"""Prompts to start with: about the person's own projects and conversations, filled up with general ones."""

from __future__ import annotations

from collections.abc import Sequence

from daemon.schemas import PromptCategory, SuggestedPrompt
from storage.records import Conversation, Project

MAX_PROMPTS = 5
LABEL_LENGTH = 40

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


def suggest(projects: Sequence[Project], conversations: Sequence[Conversation]) -> list[PromptCategory]:
    """Three to five prompts for each category."""
    own = _own(projects, conversations)
    return [
        PromptCategory(
            id=category,
            label=label,
            icon=icon,
            prompts=[
                SuggestedPrompt(label=_short(short), prompt=full)
                for short, full in (*own[category], *FILLERS[category])
            ][:MAX_PROMPTS],
        )
        for category, label, icon in CATEGORIES
    ]


def _own(
    projects: Sequence[Project], conversations: Sequence[Conversation]
) -> dict[str, tuple[tuple[str, str], ...]]:
    """The prompts about what is in the store: at most two a category."""
    names = [project.name for project in projects][:2]
    titles = [conversation.title for conversation in conversations if conversation.title][:2]
    return {
        "explore": tuple(
            (f"Give me a tour of {name}", f"Give me a tour of the project {name}: purpose, structure, main flows.")
            for name in names
        ),
        "create": tuple(
            (f"Plan a feature for {name}", f"Help me plan a feature for the project {name}: ask what it should do, then list the steps.")
            for name in names[:1]
        ),
        "debug": tuple(
            (f"Find a bug in {name}", f"Look for a likely bug in the project {name}, show how to provoke it, and propose a fix.")
            for name in names[:1]
        ),
        "automate": tuple(
            (f"Check the health of {name}", f"Run the tests and linters of the project {name} and report what needs attention.")
            for name in names[:1]
        ),
        "smart": tuple(
            (f"Pick up “{title}”", f"We talked about “{title}” before. Summarise where that stands and what is left to do.")
            for title in titles
        ),
    }  # fmt: skip


def _short(label: str) -> str:
    return label if len(label) <= LABEL_LENGTH else label[: LABEL_LENGTH - 1].rstrip() + "…"
