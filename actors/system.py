"""Starts and stops the actors: in order, each checked, and the other way round, each with a time limit."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pykka

from actors import messages as told
from actors.agent_loop import AgentLoop
from actors.archive import ArchiveActor, stored
from actors.bridge import ask, started
from actors.conversations import ConversationsActor
from actors.documents.keeper import DocumentKeeper
from actors.environment.scans import Scans
from actors.events import EventSink
from actors.imported import Imported
from actors.imports import Imports
from actors.mcp.servers import McpServers
from actors.measures import Measures
from actors.model_catalog import ModelCatalog
from actors.open_conversations import OpenConversations
from actors.options import Options
from actors.runtimes.registry import Runtimes
from actors.tasks import Tasks
from actors.toolbox import Toolbox
from actors.writes import Write
from storage import queue
from storage.database import Database
from storage.document_files import DocumentFiles
from storage.records import Conversation, Task

if TYPE_CHECKING:
    from actors.agent_work import AgentWork
    from actors.context.report import ContextReport
    from actors.import_progress import ImportProgress
    from actors.import_work import ImportWork

logger = logging.getLogger(__name__)

STOP_TIMEOUT_S = 3.0
OPEN_ATTEMPTS = 5

for_turns = Imported(
    "actors.conversation", "actors.agent_work", "actors.tools.registry", "actors.agent_store"
)
"""What only open conversations and their agents need."""


class Actors(msgspec.Struct, frozen=True):
    """The running actors, as the daemon knows them."""

    archive: pykka.ActorRef[ArchiveActor]
    agents: AgentLoop
    models: ModelCatalog
    conversations: pykka.ActorRef[ConversationsActor]
    open: OpenConversations
    tasks: Tasks
    documents: DocumentKeeper
    scans: Scans
    mcp: McpServers
    imports: Imports

    async def ask(self, command: object) -> Any:
        """Asks ConversationsActor."""
        return await ask(self.conversations, command)

    async def ask_conversation(self, conversation_id: str, command: object) -> Any:
        """Asks a conversation; opens it, if it is not open.

        Raises:
            ConversationNotFoundError: there is no such conversation.
            Exception: what the conversation raises.
        """
        await for_turns.ready()
        for _ in range(OPEN_ATTEMPTS):
            ref = self.open.reachable(conversation_id)
            if ref is None:
                ref = await self.ask(told.OpenConversation(conversation_id))
            try:
                return await ask(ref, command)
            except pykka.ActorDeadError:  # it ended because it was idle: it is opened anew
                logger.debug("conversation %s ended just now", conversation_id)
        raise pykka.ActorDeadError(f"conversation {conversation_id} cannot be opened")

    async def write(self, write: Write) -> None:
        """Has rows written that belong to no conversation. Raises StorageError."""
        await stored(self.archive, write)

    async def run_task(self, task: Task, conversation: Conversation) -> None:
        """Lets an agent work on a task, in this new conversation. Raises TaskRunningError, StorageError."""
        await self.tasks.give(task, conversation)
        await self.ask_conversation(conversation.id, told.ResumeQueue())

    async def context(self, conversation: Conversation, options: Options) -> ContextReport:
        """How large the parts of a conversation's context are."""
        await for_turns.ready()
        found: ContextReport = await self.on_agents(self.agents.context(conversation, options))
        return found

    async def on_agents(self, work: Any) -> Any:
        """Awaits a coroutine on the agent loop."""
        return await asyncio.wrap_future(self.agents.submit(work))


def start_actors(
    database: Database,
    sink: EventSink,
    options: Callable[[], Options],
    environment: Mapping[str, str],
    measures: Measures,
) -> Actors:
    """Starts the archive, the agents and the conversations.

    Raises:
        pykka.ActorDeadError: an actor did not start.
    """
    archive = started(ArchiveActor.start(database, sink, measures))
    tasks = Tasks(archive)
    documents = DocumentKeeper(database, archive, DocumentFiles(options().data_dir.documents))
    runtimes = Runtimes(environment, options)
    scans = Scans(database, archive)
    mcp = McpServers(database)
    toolbox = Toolbox(database, tasks, mcp)

    def agent_work() -> AgentWork:
        from actors.agent_work import AgentWork  # noqa: PLC0415  (`for_turns` has had it imported)

        return AgentWork(
            sink=sink,
            database=database,
            runtimes=runtimes,
            toolbox=toolbox,
            scans=scans,
            documents=documents,
            measures=measures,
        )

    agents = AgentLoop(runtimes, toolbox, agent_work)
    agents.start()
    opened = OpenConversations()
    conversations = started(
        ConversationsActor.start(database, archive, agents, sink, options(), measures, opened)
    )

    def import_work(progress: ImportProgress) -> ImportWork:
        from actors.import_work import ImportWork  # noqa: PLC0415  (`Imports` has had it imported)

        return ImportWork(archive, conversations, documents.files, sink, progress)

    imports = Imports(import_work, Path.home())
    models = ModelCatalog(runtimes, options)
    return Actors(archive, agents, models, conversations, opened, tasks, documents, scans, mcp, imports)


async def resume_queues(actors: Actors, database: Database) -> None:
    """Lets the conversations that have waiting messages go on."""
    for conversation_id in queue.conversations(database):
        await actors.ask_conversation(conversation_id, told.ResumeQueue())


async def stop_actors(actors: Actors) -> None:
    """Stops everything: turns first, the archive last. Whoever misses the time limit is logged."""
    await _stop("the import", actors.imports.stop())
    await _stop("the conversations", _end_conversations(actors))
    await _stop("their list", _stopped(actors.conversations))
    stopped = await asyncio.to_thread(actors.agents.stop, STOP_TIMEOUT_S)
    if not stopped:
        logger.error("the agents did not stop in time")
    actors.documents.close()
    await _stop("the scans", asyncio.to_thread(actors.scans.stop))
    await _stop("the archive", _stopped(actors.archive))


async def _end_conversations(actors: Actors) -> None:
    refs = await ask(actors.conversations, told.StopOpening())
    endings = (ask(ref, told.Shutdown()) for ref in refs)
    for outcome in await asyncio.gather(*endings, return_exceptions=True):
        if isinstance(outcome, Exception) and not isinstance(outcome, pykka.ActorDeadError):
            logger.error("a conversation did not end well: %s", outcome)


async def _stopped(ref: pykka.ActorRef[Any]) -> None:
    await asyncio.to_thread(ref.stop, block=True, timeout=STOP_TIMEOUT_S)


async def _stop(what: str, stopping: Any) -> None:
    try:
        await asyncio.wait_for(stopping, STOP_TIMEOUT_S)
    except (TimeoutError, pykka.Timeout):
        logger.error("%s did not stop in time", what)  # noqa: TRY400  (the traceback tells nothing)
