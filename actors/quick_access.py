"""Quick access: links to what an answer is about. What it names comes first, then what its tools touched.

The words of the answer are looked up in the index of labels; so it does not matter how many entities there are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

from actors.errors import MentionRefusedError, UnknownMentionError
from actors.event_encoding import clean_text
from actors.events import QuickAccessLink
from actors.mentioned_files import locate
from actors.tools.base import EntityRef
from storage import entities
from storage.database import Database
from storage.entities import Entity
from storage.records import EntityType

MAX_LINKS = 8
READ_LENGTH = 12_000
"""So many characters of an answer are read: half of them at its start, half at its end."""

MAX_TOUCHED = 100
MAX_IDS = 100
MAX_PATHS = 40
MIN_LABEL_LENGTH = 3
MAX_LABEL_LENGTH = 500
MAX_OF_A_LABEL = 20
MAX_STEPS = 50
"""So often is a place of the text compared with the index; every step shortens what is compared."""

_FOLDERS: dict[EntityType, str] = {
    "project": "projects",
    "task": "tasks",
    "document": "documents",
    "conversation": "conversations",
}
_ID = re.compile(r"(?<![\w-])(?=[\w-]*\d)\w+(?:-\w+)+(?![\w-])", re.ASCII)
_PATH = re.compile(r"(?<![\w/.-])(?=[^\s/]*[/.])[\w.@+-]+(?:/[\w.@+-]+)*(?![\w/])")
_START = re.compile(r"(?<!\w)\w|(?<!\S)\S")


def find(
    database: Database, conversation_id: str, root: Path, answer: str, touched: Sequence[EntityRef]
) -> tuple[QuickAccessLink, ...]:
    """The links, at most `MAX_LINKS`. May take longer than an event loop should wait.

    Args:
        database: where to look.
        conversation_id: where the answer stands; it is not linked itself.
        root: the working directory, resolved.
        answer: its text.
        touched: what its tools touched, in order.
    """
    known = _of_tools(database, touched)
    text = _looked_at(clean_text(answer))
    named = [*map(_ref, _named(database, conversation_id, text)), *_files(root, text)]
    named.sort(key=lambda one: _key(one) not in known)
    found = {_key(one): one for one in (*named, *known.values())}
    found.pop(("conversation", conversation_id), None)
    return tuple(link(one, conversation_id) for one in found.values())[:MAX_LINKS]


def link(entity: EntityRef, conversation_id: str) -> QuickAccessLink:
    """The link to an entity; its address is a path of the chat page.

    Args:
        entity: where it leads.
        conversation_id: in whose working directory a file lies.
    """
    if entity.entity_type == "file":
        href = f"/conversations/{quote(conversation_id, safe='')}/files/{quote(entity.entity_id)}"
    else:
        href = f"/{_FOLDERS[entity.entity_type]}/{quote(entity.entity_id, safe='')}"
    return QuickAccessLink(entity.entity_type, entity.entity_id, entity.label, href)


def _of_tools(database: Database, touched: Sequence[EntityRef]) -> dict[tuple[str, str], EntityRef]:
    """What tools touched and what is still there, the last first."""
    last = {_key(one): one for one in reversed(touched[-MAX_TOUCHED:])}
    return {
        key: one
        for key, one in last.items()
        if one.entity_type == "file" or entities.exists(database, one.entity_type, one.entity_id)
    }


class _Names:
    """The labels of entities in a text.

    Args:
        database: where to look.
        conversation_id: the conversation whose title does not count.
    """

    def __init__(self, database: Database, conversation_id: str) -> None:
        self._database = database
        self._conversation_id = conversation_id
        self._meant: dict[str, tuple[Entity, ...]] = {}

    def find(self, text: str) -> list[Entity]:
        """What a text names as whole words. Of two labels that overlap, the longer one counts."""
        places = [match.start() for match in _START.finditer(text)]
        # Asked for all at once: a query for each word of an answer takes longer than the whole rest of a turn's end.
        begun = entities.beginnings(self._database, {_start(text, place) for place in places})
        found = [
            (place, label)
            for place in places
            if _start(text, place) in begun and (label := self._label_at(text, place)) is not None
        ]
        taken: list[range] = []
        meant: dict[str, tuple[Entity, ...]] = {}
        for start, label in sorted(found, key=lambda one: -len(one[1])):
            place = range(start, start + len(label))
            if not any(place.start < other.stop and other.start < place.stop for other in taken):
                taken.append(place)
                meant[label] = self._of_label(label)
        return [entity for of_label in meant.values() for entity in of_label]

    def _label_at(self, text: str, start: int) -> str | None:
        """The longest label that stands at a place of the text and ends with a word.

        The index gives the last label that does not come after the text there. Where it is no beginning of the
        text, a label that is one can only be as long as what both have in common.
        """
        length = min(MAX_LABEL_LENGTH, len(text) - start)
        for _ in range(MAX_STEPS):
            while length >= MIN_LABEL_LENGTH and not _is_word_end(text, start + length):
                length -= 1
            if length < MIN_LABEL_LENGTH:
                return None
            rest = text[start : start + length]
            label = entities.label_up_to(self._database, rest)
            if label is None:
                return None
            length = _common_length(label, rest)
            if length == len(label) >= MIN_LABEL_LENGTH and _is_word_end(text, start + length):
                if self._of_label(label):
                    return label
                length -= 1
        return None

    def _of_label(self, label: str) -> tuple[Entity, ...]:
        """What is meant by a label: of each kind the newest."""
        if label not in self._meant:
            newest: dict[str, Entity] = {}
            for entity in entities.by_label(self._database, label, MAX_OF_A_LABEL):
                if self._counts(entity):
                    newest.setdefault(entity.entity_type, entity)
            self._meant[label] = tuple(newest.values())
        return self._meant[label]

    def _counts(self, entity: Entity) -> bool:
        """The title of a conversation is often a single common word, which an answer uses without meaning it."""
        if entity.entity_type != "conversation":
            return True
        return entity.entity_id != self._conversation_id and " " in entity.label.strip()


def _looked_at(answer: str) -> str:
    """The text on one line; of a long one its start and its end, with a line break between them."""
    text = " ".join(answer.split())
    half = READ_LENGTH // 2
    return text if len(text) <= READ_LENGTH else f"{text[:half]}\n{text[-half:]}"


def _named(database: Database, conversation_id: str, text: str) -> list[Entity]:
    """What a text names: by id, then by label, the longest first."""
    ids = list(dict.fromkeys(_ID.findall(text)))
    return entities.by_id(database, ids[:MAX_IDS]) + _Names(database, conversation_id).find(text)


def _files(root: Path, text: str) -> Iterator[EntityRef]:
    """The files of the working directory that a text names by their path."""
    names = list(dict.fromkeys(name.rstrip(".") for name in _PATH.findall(text)))
    for name in names[:MAX_PATHS]:
        try:
            path = locate(root, name)
        except (MentionRefusedError, UnknownMentionError):
            continue
        relative = path.relative_to(root).as_posix()
        yield EntityRef("file", relative, relative)


def _start(text: str, place: int) -> str:
    return text[place : place + MIN_LABEL_LENGTH]


def _common_length(one: str, other: str) -> int:
    """How many characters two texts begin with in common, but for the case of ASCII letters."""
    length = 0
    for left, right in zip(one, other, strict=False):
        if left != right and not (left.isascii() and left.lower() == right.lower()):
            break
        length += 1
    return length


def _is_word_end(text: str, end: int) -> bool:
    return end >= len(text) or not (text[end].isalnum() and text[end - 1].isalnum())


def _key(one: EntityRef) -> tuple[str, str]:
    return one.entity_type, one.entity_id


def _ref(entity: Entity) -> EntityRef:
    return EntityRef(entity.entity_type, entity.entity_id, entity.label)
