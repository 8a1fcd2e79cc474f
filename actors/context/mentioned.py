"""What a message's mentions bring along: texts as a whole or their start, and short facts of everything else.

Something that was deleted after it was mentioned, or cannot be read, is named all the same and never ends a turn.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from actors import tokens
from actors.context.given import context_block
from actors.errors import MentionRefusedError, ToolError, UnknownMentionError
from actors.mentioned_files import locate, start_of
from actors.mentions import Mention
from actors.tools.regular_files import size
from actors.transcript import ContextBlock
from storage import branches, conversations, documents, messages, projects, tasks
from storage.database import Database
from storage.records import Document
from storage.times import to_iso

INLINED_LENGTH = 8_000
"""A text up to so many characters is given as a whole."""

PREVIEW_LENGTH = 2_000
FACT_LENGTH = 2_000
LABEL_LENGTH = 200
LAST_MESSAGES = 6
MESSAGE_LENGTH = 300
LOOKED_AT_MESSAGES = 40

NAME_TOKENS = 100
"""About what it takes to name an entity; kept free for each that is still to come."""


def blocks(
    database: Database, root: Path, mentions: Sequence[Mention], budget: int, *, verb: str = "mentions"
) -> tuple[ContextBlock, ...]:
    """The blocks to give along with a message, one for each mention. Reads the disk: run it in a thread.

    Args:
        database: where to read.
        root: the working directory, resolved.
        mentions: what the message names.
        budget: how many tokens they may take together. What does not fit is given in a shorter form.
        verb: what the person does with them.
    """
    found: list[ContextBlock] = []
    left = budget
    for place, mention in enumerate(mentions):
        to_come = NAME_TOKENS * (len(mentions) - place - 1)
        versions = [_block(mention, verb, text) for text in _versions(database, root, mention)]
        fitting = [block for block in versions if tokens.of_block(block) <= left - to_come]
        block = (fitting or versions[-1:])[0]
        if tokens.of_block(block) > left:
            rest = len(mentions) - place
            found.append(context_block(f"There is no room to tell of {rest} more mentions of this message."))
            break
        left -= tokens.of_block(block)
        found.append(block)
    return tuple(found)


def _block(mention: Mention, verb: str, text: str) -> ContextBlock:
    about = f"{mention.entity_type} “{_on_one_line(mention.label or mention.entity_id)}”"
    return context_block(f"The person {verb} the {about}. {text}", about)


def _versions(database: Database, root: Path, mention: Mention) -> tuple[str, ...]:
    """What is told of a mention: the fullest version first, the shortest last."""
    entity_id = mention.entity_id
    match mention.entity_type:
        case "document":
            document = documents.get(database, entity_id)
            told = None if document is None else _of_document(database, document)
        case "file":
            told = _of_file(root, entity_id)
        case "project":
            told = _facts(_of_project(database, entity_id))
        case "task":
            told = _facts(_of_task(database, entity_id))
        case "conversation":
            told = _facts(_of_conversation(database, entity_id))
    return told or (f"It is gone: it was deleted after the message was sent (id {entity_id}).",)


def _of_document(database: Database, document: Document) -> tuple[str, ...]:
    what = f"{document.name}, {document.media_type}, {size(document.size_bytes)}, id {document.id}"
    part = documents.text(database, document.id, limit=INLINED_LENGTH)
    if part is None:
        pixels = f" {document.width} × {document.height} pixels." if document.width else ""
        return (f"It has no text ({what}).{pixels} {document.problem or ''}".rstrip(),)
    read = f'Read it with ReadDocument, document_id "{document.id}"'
    return _text_versions(
        what, part.text, f"{part.total:,} characters", read, is_whole=part.next_offset is None
    )


def _of_file(root: Path, name: str) -> tuple[str, ...]:
    try:
        path = locate(root, name)
        shown = path.relative_to(root).as_posix()
        start = start_of(path, shown, INLINED_LENGTH)
    except UnknownMentionError as error:
        return (f"It is gone. {error}",)
    except (MentionRefusedError, ToolError) as error:
        return (f"It is not given: {error}",)
    if isinstance(start, str):
        return (f"{shown}: {start}",)
    return _text_versions(
        f"{shown}, {start.size}", start.text, start.size, "Read it with Read", is_whole=start.is_whole
    )


def _text_versions(what: str, text: str, length: str, read: str, *, is_whole: bool) -> tuple[str, ...]:
    start = text[:PREVIEW_LENGTH]
    preview = f"The first {len(start):,} characters of {length} ({what}):\n\n{start}\n\n[{read}.]"
    none = f"Its text is left out for lack of room ({what}). {read}."
    return (f"All of it ({what}):\n\n{text}", preview, none) if is_whole else (preview, none)


def _facts(lines: Iterable[str]) -> tuple[str, ...]:
    """All facts, or the first one, which says what it is; nothing for nothing."""
    facts = list(lines)
    return ("\n".join(facts), facts[0]) if facts else ()


def _of_project(database: Database, project_id: str) -> Iterator[str]:
    project = projects.get(database, project_id)
    if project is None:
        return
    yield f"Project {_on_one_line(project.name)}, {project.status}, id {project.id}"
    if project.working_directory:
        yield f"Working directory: {project.working_directory}"
    if project.description:
        yield f"Description: {_cut(project.description, FACT_LENGTH)}"


def _of_task(database: Database, task_id: str) -> Iterator[str]:
    task = tasks.get(database, task_id)
    if task is None:
        return
    yield f"Task {_on_one_line(task.title)}, {task.status}, {task.priority} priority, id {task.id}"
    project = projects.get(database, task.project_id) if task.project_id is not None else None
    if project is not None:
        yield f"Project: {_on_one_line(project.name)}, id {project.id}"
    if task.description:
        yield f"Description: {_cut(task.description, FACT_LENGTH)}"
    if task.result:
        yield f"Result: {_cut(task.result, FACT_LENGTH)}"


def _of_conversation(database: Database, conversation_id: str) -> Iterator[str]:
    conversation = conversations.get(database, conversation_id)
    if conversation is None:
        return
    title = _on_one_line(conversation.title or "Untitled")
    at = to_iso(conversation.updated_at)
    yield f"Conversation {title}, {conversation.status}, last changed {at}, id {conversation.id}"
    path = branches.path(database, conversation_id, conversation.branch_id)
    rows = messages.page(database, conversation_id, path, limit=LOOKED_AT_MESSAGES, from_end=True)
    said = [row for row in rows if row.role != "system" and row.content.strip()][-LAST_MESSAGES:]
    if said:
        yield "Its last messages, in brief:"
    for row in said:
        who = "Person" if row.role == "user" else "Agent"
        yield f"{who}: {_cut(' '.join(row.content[: 2 * MESSAGE_LENGTH].split()), MESSAGE_LENGTH)}"


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[:length].rstrip()}…"


def _on_one_line(text: str) -> str:
    return _cut(" ".join(text.split()), LABEL_LENGTH)
