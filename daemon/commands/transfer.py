"""`stagent export` and `stagent import`."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from daemon.cli import Context, data_dir_option

if TYPE_CHECKING:
    from storage.database import Database
    from storage.document_files import DocumentFiles
    from storage.records import Conversation
    from storage.transfer.exporting import Selection
    from storage.transfer.merged import Merged

SOURCES = click.Choice(["stagent", "claude-code", "codex"])


@click.command()
@click.option("--conversation", "conversation_id", help="Only this conversation (its id).")
@click.option("--project", help="Only this project (its id or name).")
@click.option(
    "--format", "form", type=click.Choice(["jsonl", "md", "html"]), default="jsonl", show_default=True
)
@click.option("--documents", is_flag=True, help="With the content of documents (jsonl).")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Default: standard output."
)
@data_dir_option
@click.pass_obj
def export(
    context: Context,
    *,
    conversation_id: str | None,
    project: str | None,
    form: str,
    documents: bool,
    output: Path | None,
) -> None:
    """Write conversations to a file: all of them, or those named.

    jsonl is complete and can be imported elsewhere; md and html are for reading.
    """
    from storage.transfer.exporting import Selection

    with _told(), _opened(context) as database:
        selection = Selection(
            _known_conversation(database, conversation_id), _known_project(database, project)
        )
        with _writer(output) as write:
            if form == "jsonl":
                _export_lines(context, selection, write, documents=documents)
            elif form == "md":
                from daemon.exporting import as_markdown

                for number, one in enumerate(_chosen(database, selection)):
                    write(b"\n" if number else b"")
                    for piece in as_markdown.pieces(database, one):
                        write(piece.encode())
            else:
                asyncio.run(_export_page(context, database, _chosen(database, selection), write))


@click.command("import")
@click.argument("path", type=click.Path(path_type=Path, exists=True), required=False)
@click.option(
    "--from", "source", type=SOURCES, default="stagent", show_default=True, help="Whose files they are."
)
@data_dir_option
@click.pass_obj
def import_(context: Context, path: Path | None, *, source: str) -> None:
    """Take conversations in from an export, or from the sessions of another program.

    What is here already is renewed only where the file has it newer. PATH is a file, or a folder of sessions; of
    claude-code and codex, it is by default where they keep their sessions. Their files are only read.

    Works while the daemon runs. A conversation in which an agent works just then is left out.
    """
    from daemon import discovery

    if source == "stagent" and (path is None or path.is_dir()):
        raise click.UsageError("Name the file to import.")
    found = discovery.find(context.data_dir)
    if found is not None:
        from daemon.commands.import_running import import_by_daemon

        import_by_daemon(context, found, source, path)
    else:
        _import_here(context, source, path)


def _import_here(context: Context, source: str, path: Path | None) -> None:
    """Without a daemon, all of an export is taken in, or nothing of it."""
    from actors.transcript import are_blocks
    from daemon.commands.alone import folder_alone
    from daemon.commands.import_running import show_outcome
    from daemon.opening import open_database
    from daemon.progress import progress_bar
    from storage.document_files import DocumentFiles
    from storage.errors import TransferError
    from storage.transfer import lines
    from storage.transfer.merging import merge

    with folder_alone(context, is_agreed=False), _told():
        database = open_database(context.data_dir)
        files = DocumentFiles(context.data_dir.documents)
        try:
            with progress_bar("Importing") as progress:
                if source == "stagent":
                    assert path is not None
                    try:
                        merged = merge(database, files, lines.read(path, progress), are_blocks)
                    except TransferError as error:
                        raise TransferError(f"{error} Nothing was imported.") from error
                else:
                    merged = _import_sessions(database, files, source, path, progress)
        finally:
            database.close()
    show_outcome(
        merged.added, merged.renewed, unknown=merged.unknown, without_content=merged.without_content, busy=0
    )


def _import_sessions(
    database: Database,
    files: DocumentFiles,
    source: str,
    path: Path | None,
    progress: Callable[[int, int], None],
) -> Merged:
    from actors.sessions import finding
    from actors.transcript import are_blocks
    from storage.errors import TransferError
    from storage.transfer.merged import Merged
    from storage.transfer.merging import merge

    total = Merged()
    paths = finding.session_files(source, path, Path.home())
    if not paths:
        raise click.ClickException("There are no sessions. Name the file, or the folder that holds them.")
    for number, one in enumerate(paths, 1):
        session = finding.read(source, one)
        try:
            total.add(merge(database, files, session.records(), are_blocks))
        except TransferError as error:
            raise TransferError(f"{one}: {error}") from error
        total.unknown += session.skipped
        progress(number, len(paths))
    return total


def _export_lines(
    context: Context, selection: Selection, write: Callable[[bytes], object], *, documents: bool
) -> None:
    from daemon.progress import progress_bar
    from storage.document_files import DocumentFiles
    from storage.transfer.exporting import Export

    kept = DocumentFiles(context.data_dir.documents) if documents else None
    exporting = Export(context.data_dir.database, selection, kept)
    try:
        with progress_bar("Exporting") as progress:
            total = exporting.count()
            for number, line in enumerate(exporting.lines()):
                write(line)
                progress(min(number, total), total)
    finally:
        exporting.close()


async def _export_page(
    context: Context, database: Database, chosen: list[Conversation], write: Callable[[bytes], object]
) -> None:
    from daemon.exporting import as_page
    from daemon.rendering.answers import RenderedAnswers
    from daemon.rendering.renderer import Renderer
    from storage.document_files import DocumentFiles

    async def keep_nothing(_: object) -> None:
        """An export only reads."""

    async def here(work: Callable[[], Any]) -> Any:
        return work()

    renderer = Renderer()
    rendered = RenderedAnswers(database, renderer, keep_nothing)
    files = DocumentFiles(context.data_dir.documents)
    try:
        async for piece in as_page.pieces(database, chosen, rendered, files, here):
            write(piece.encode())
    finally:
        await renderer.close()


def _chosen(database: Database, selection: Selection) -> list[Conversation]:
    """The conversations of a selection, newest first."""
    from storage import conversations

    if selection.conversation_id is not None:
        found = conversations.get(database, selection.conversation_id)
        return [found] if found is not None else []
    return conversations.records(
        conversations.page(database, limit=1_000_000, project_id=selection.project_id)
    )


def _known_conversation(database: Database, conversation_id: str | None) -> str | None:
    from storage import conversations

    if conversation_id is not None and not conversations.exists(database, conversation_id):
        raise click.ClickException(f"There is no conversation {conversation_id!r}.")
    return conversation_id


def _known_project(database: Database, project: str | None) -> str | None:
    if project is None:
        return None
    found = database.rows("SELECT id FROM projects WHERE id = ?1 OR name = ?1 LIMIT 2", (project,))
    if len(found) != 1:
        problem = "There is no project" if not found else "There are several projects"
        raise click.ClickException(f"{problem} {project!r}. Name it by its id.")
    return str(found[0][0])


@contextmanager
def _opened(context: Context) -> Iterator[Database]:
    from storage.database import Database
    from storage.migrations import MIGRATIONS, refuse_newer, version

    if not context.data_dir.database.exists():
        raise click.ClickException(f"There is nothing in {context.data_dir.root} yet.")
    refuse_newer(context.data_dir.database)
    database = Database(context.data_dir.database)
    try:
        if version(database) != MIGRATIONS[-1].number:
            raise click.ClickException(
                "The database is of an earlier version. `stagent serve` brings it up to date."
            )
        yield database
    finally:
        database.close()


@contextmanager
def _writer(output: Path | None) -> Iterator[Callable[[bytes], object]]:
    """Writes to standard output, or to a file that only its owner can read and that appears whole or not at all."""
    if output is None:
        yield sys.stdout.buffer.write
        sys.stdout.buffer.flush()
        return
    import os
    import tempfile

    handle, name = tempfile.mkstemp(dir=output.absolute().parent, prefix=f".{output.name}-")
    partial = Path(name)
    try:
        file: IO[bytes]
        with os.fdopen(handle, "wb") as file:
            yield file.write
            file.flush()
            os.fsync(file.fileno())
        partial.replace(output)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def _told() -> Iterator[None]:
    from storage.errors import StorageError

    try:
        yield
    except StorageError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(
            f"The file cannot be written or read: {error.strerror or error}."
        ) from error
