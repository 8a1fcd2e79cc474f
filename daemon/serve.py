"""The daemon from start to end: everything is started in order, then it waits, then all is stopped in reverse."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import os
import sqlite3
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pykka
from tornado.httpserver import HTTPServer

from actors.documents.keeper import sweep
from actors.events import RowKind
from actors.imported import Imported
from actors.measures import Measures
from actors.system import Actors, resume_queues, start_actors, stop_actors
from daemon import discovery, interpreter, presenters, settings
from daemon.app import api_document, make_app
from daemon.credential import Gatekeeper, TokenError, load_token
from daemon.feed import FEED, ConversationFeed, lost
from daemon.hub import EventHub
from daemon.idleness import IdleWatch
from daemon.last_resort import LastResort
from daemon.listeners import ListenError, Listeners
from daemon.logs.setup import Logs
from daemon.loop_lag import LoopLag
from daemon.opening import open_database
from daemon.page_files import PageFiles
from daemon.rendering.answers import RenderedAnswers
from daemon.rendering.renderer import Renderer
from daemon.rendering.views import LiveAnswers
from daemon.schemas import Conversation, Task
from daemon.security import Gate
from daemon.service.notify import Notifier
from daemon.services import Services, SettingsHolder, options_of
from daemon.settings import Settings, SettingsError
from daemon.signals import reload_on_hangup, stop_on_signals
from daemon.version import VERSION
from desktop import web
from storage import conversations, events, queue, tasks, turns
from storage.database import Database
from storage.document_files import DocumentFiles
from storage.errors import StorageError
from storage.paths import DataDir
from storage.records import EventRow
from storage.times import now_ms, to_iso

logger = logging.getLogger(__name__)

CLOSE_TIMEOUT_S = 1.0
MAX_REQUEST_BYTES = 64 * 1024 * 1024


class CannotServeError(Exception):
    """The daemon cannot start; the message says why and what to do.

    Attributes:
        folder_is_held: another daemon holds the data folder.
    """

    def __init__(self, message: str, *, folder_is_held: bool = False) -> None:
        super().__init__(message)
        self.folder_is_held = folder_is_held


class ServeOptions(msgspec.Struct, frozen=True):
    """What the command line says.

    Attributes:
        port: None for the one of the settings; 0 for any free one.
        logs: writes for people already; the file comes with the data folder's lock.
        started_by: who wants it to run; one that was started on demand ends when nobody uses it.
        notifier: tells the service manager, if there is one.
    """

    data_dir: DataDir
    port: int | None
    environment: Mapping[str, str]
    logs: Logs
    started_by: discovery.StartedBy = "person"
    notifier: Notifier = msgspec.field(default_factory=Notifier)


def serve(options: ServeOptions) -> None:
    """Runs the daemon until it is told to stop.

    Raises:
        CannotServeError: it cannot start.
    """
    data_dir = options.data_dir
    try:
        data_dir.prepare()
        with discovery.lock(data_dir):
            current = settings.load(data_dir, options.environment, port=options.port)
            options.logs.set_level(current.log_level)
            options.logs.open_file(data_dir.logs, instead=options.started_by == "demand")
            database = open_database(data_dir)
            try:
                sweep(database, DocumentFiles(data_dir.documents))
                asyncio.run(_run(options, current, database))
            finally:
                database.close()
    except discovery.AlreadyRunningError as error:
        raise CannotServeError(_who_runs(data_dir), folder_is_held=True) from error
    except (StorageError, SettingsError, TokenError, ListenError) as error:
        raise CannotServeError(str(error)) from error
    except sqlite3.Error as error:
        raise CannotServeError(f"The database {data_dir.database} cannot be used: {error}.") from error
    except pykka.ActorDeadError as error:
        raise CannotServeError("A part of the daemon did not start; the log says why.") from error


async def _run(options: ServeOptions, current: Settings, database: Database) -> None:
    data_dir = options.data_dir
    loop = asyncio.get_running_loop()
    stopping = stop_on_signals(loop)
    token = load_token(data_dir)
    options.logs.redactor.hide([token])
    gatekeeper = Gatekeeper(token)
    holder = SettingsHolder(current)
    measures = Measures()
    hub, feed = _make_hub(loop, database, measures)
    searcher = ThreadPoolExecutor(2, thread_name_prefix="search")

    def has_work() -> bool:
        return bool(feed.busy or queue.conversations(database) or actors.imports.is_running)

    last_resort = LastResort()
    async with contextlib.AsyncExitStack() as stack:
        stack.callback(last_resort.all_stored)
        stack.callback(searcher.shutdown, wait=False, cancel_futures=True)
        actors = start_actors(
            database, hub, lambda: options_of(holder.current, data_dir), options.environment, measures
        )
        stack.push_async_callback(_stop_actors, actors)
        renderer = Renderer()
        stack.push_async_callback(renderer.close)
        live_answers = LiveAnswers(hub, renderer, lambda one: turns.start_of_running(database, one))
        stack.push_async_callback(live_answers.close)
        listeners = Listeners.open(data_dir, current.port)
        stack.callback(listeners.close)
        services = Services(
            version=VERSION,
            data_dir=data_dir,
            database=database,
            searcher=searcher,
            actors=actors,
            hub=hub,
            feed=feed,
            rendered=RenderedAnswers(database, renderer, actors.write),
            live_answers=live_answers,
            gate=Gate(gatekeeper, listeners.port),
            gatekeeper=gatekeeper,
            settings=holder,
            is_stopping=stopping.is_set,
            stop=stopping.set,
            idle=IdleWatch(loop, has_work, lambda: hub.subscriber_count > 0, stopping.set),
            logs=options.logs,
            measures=measures,
            url=listeners.url,
            page_files=PageFiles(web.FOLDER, Path.home()),
            api_document=lambda: api_document(VERSION),
        )
        server = HTTPServer(make_app(services), max_body_size=MAX_REQUEST_BYTES)
        server.add_sockets(listeners.sockets)
        stack.push_async_callback(_close_server, server, hub)
        await resume_queues(actors, database)
        reload_on_hangup(loop, functools.partial(_reload, options, services))
        if options.started_by == "demand":
            services.idle.end_after(lambda: holder.current.idle_exit_seconds)
        keeping = asyncio.create_task(_keep_up(services))
        stack.push_async_callback(_cancelled, keeping)
        discovery.write(data_dir, _discovery(listeners, options))
        stack.callback(discovery.remove, data_dir, os.getpid())
        logger.info("stagent %s is ready at %s, process %d", VERSION, listeners.url, os.getpid())
        print(f"stagent {VERSION} is ready at {listeners.url}", flush=True)  # noqa: T201  (scripts wait for it)
        stack.callback(LoopLag(loop, measures.loop_lag).stop)
        options.notifier.ready(listeners.url, loop)
        interpreter.tune()
        await stopping.wait()
        last_resort.begin()
        options.notifier.stopping()
        logger.info("stopping")


def _make_hub(
    loop: asyncio.AbstractEventLoop, database: Database, measures: Measures
) -> tuple[EventHub, ConversationFeed]:
    """The hub and the feed; each needs the other."""

    def read_stored(conversation_id: str, after: int, limit: int) -> list[EventRow]:
        if conversation_id == FEED:
            return lost(hub.first_seq(FEED))
        return events.after(database, conversation_id, after, limit)

    def publish(payload: bytes) -> None:
        seq = hub.stream(FEED, payload)
        hub.stored(FEED, seq, seq)

    def read(kind: RowKind, row_id: str) -> Conversation | Task | None:
        if kind == "task":
            found = tasks.get(database, row_id)
            return presenters.task(found) if found else None
        record = conversations.get(database, row_id)
        return presenters.conversation(record, feed.turn(row_id)) if record else None

    feed = ConversationFeed(loop, publish, read)
    hub = EventHub(
        loop,
        read_stored,
        lambda one: events.last_seq(database, one),
        feed.changed,
        feed.turn_changed,
        measures,
    )
    # The feed's numbers go on from the time, so that they grow from one run to the next.
    hub.open(FEED, now_ms() * 1000)
    return hub, feed


async def _close_server(server: HTTPServer, hub: EventHub) -> None:
    """Stops listening, then tells everybody who follows that it is over for now."""
    server.stop()
    hub.drop_all(None, "shutting_down")
    try:
        await asyncio.wait_for(server.close_all_connections(), CLOSE_TIMEOUT_S)
    except TimeoutError:
        logger.warning("some connections did not close in time")


async def _keep_up(services: Services) -> None:
    """See `keep_up`, which is imported when it begins."""
    await asyncio.sleep(services.settings.current.upkeep_delay_seconds)
    await Imported("daemon.upkeep").ready()
    from daemon.upkeep import keep_up  # noqa: PLC0415

    await keep_up(services)


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def _stop_actors(actors: Actors) -> None:
    await stop_actors(actors)


async def _reload(options: ServeOptions, services: Services) -> None:
    """Opens the log file and reads the settings again. Where they are wrong, those in force stay."""
    options.logs.reopen()
    try:
        changed = settings.load(options.data_dir, options.environment, port=options.port)
    except SettingsError as error:
        logger.error("the settings stay as they are: %s", error)  # noqa: TRY400  (the traceback tells nothing)
        return
    await services.apply(changed)
    logger.info("the settings were read again")


def _discovery(listeners: Listeners, options: ServeOptions) -> discovery.Discovery:
    return discovery.Discovery(
        pid=os.getpid(),
        url=listeners.url,
        socket=str(listeners.socket_path) if listeners.socket_path is not None else None,
        version=VERSION,
        started_at=to_iso(time.time_ns() // 1_000_000),
        process_started_at=discovery.process_started_at(os.getpid()),
        data_dir=str(options.data_dir.root.resolve()),
        started_by=options.started_by,
    )


def _who_runs(data_dir: DataDir) -> str:
    found = discovery.find(data_dir)
    if found is None:
        return f"Another daemon is just starting or stopping in {data_dir.root}."
    return f"A daemon runs already for {data_dir.root}: {found.url}, process {found.pid}."
