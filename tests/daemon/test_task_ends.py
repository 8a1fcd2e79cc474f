"""A task ends with its turn, however that ends: cancelled, failed, deleted, or with the daemon."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from storage import conversations, queue, tasks
from storage.database import Database
from storage.ids import new_id
from storage.migrations import migrate
from storage.paths import DataDir
from storage.records import QueuedMessage, Task
from tests.api import CONVERSATIONS, Api
from tests.conftest import StartDaemon
from tests.daemon.task_runs import TASKS, feed, new_task, task, until_status
from tests.daemon_process import DaemonProcess
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.script import Answer, Refuses, Says, Waits


def test_cancelling_the_turn_cancels_the_task(shared: Api) -> None:
    made = new_task(shared, "run true")["id"]
    with feed(shared) as stream:
        conversation = shared.post(f"{TASKS}/{made}/run")["conversationId"]
        with shared.follow(conversation) as turn:
            turn.until("permission_request")
            shared.cancel(conversation)
        cancelled = until_status(stream, made, "cancelled")
    assert (cancelled["result"], cancelled["conversationId"]) == (None, conversation)


def test_deleting_the_conversation_cancels_the_task_and_leaves_it(shared: Api) -> None:
    made = new_task(shared, "run true")["id"]
    conversation = shared.post(f"{TASKS}/{made}/run")["conversationId"]
    with shared.follow(conversation) as turn:
        turn.until("permission_request")
        shared.delete(f"{CONVERSATIONS}/{conversation}")
    left = task(shared, made)
    assert (left["status"], left["conversationId"]) == ("cancelled", None)


def test_a_turn_that_fails_fails_the_task(connected: DaemonProcess, model: FakeAnthropic) -> None:
    api = connected.client
    model.script(Refuses(400, message="no such thing"))
    made = new_task(api, "try")["id"]
    with feed(api) as stream:
        run = api.post(f"{TASKS}/{made}/run", {"runtimeId": "claude-code"})
        failed = until_status(stream, made, "failed")
    error = api.messages(run["conversationId"])[-1]["metadata"]["error"]
    assert failed["result"] == error


@pytest.fixture
def connect(start_daemon: StartDaemon, anthropic_api: FakeAnthropic) -> Callable[[], DaemonProcess]:
    """Starts a daemon on the same data again and again."""
    return lambda: start_daemon(ANTHROPIC_API_KEY="test", ANTHROPIC_BASE_URL=anthropic_api.base_url)


@pytest.mark.parametrize("ends", ["stop", "kill"])
def test_an_end_of_the_daemon_fails_the_task_and_it_can_run_again(
    connect: Callable[[], DaemonProcess], anthropic_api: FakeAnthropic, ends: str
) -> None:
    daemon = connect()
    anthropic_api.script(Answer(Says("half"), Waits(threading.Event())))
    made = new_task(daemon.client, "work")["id"]
    conversation = daemon.client.post(f"{TASKS}/{made}/run")["conversationId"]
    with daemon.client.follow(conversation) as turn:
        turn.until("delta")
        getattr(daemon, ends)()
    api = connect().client
    failed = task(api, made)
    assert failed["status"] == "failed"
    assert "Run it again" in failed["result"]
    anthropic_api.script(Answer(Says("whole")))
    with feed(api) as stream:
        api.post(f"{TASKS}/{made}/run")
        assert until_status(stream, made, "completed")["result"] == "whole"


def a_data_dir_with_a_queue(folder: Path, *before: str) -> tuple[str, str]:
    """What a crash leaves right after a task was given to its conversation, behind other messages; both ids."""
    data_dir = DataDir(folder)
    data_dir.prepare()
    database = Database(data_dir.database)
    migrate(database, data_dir.backups)
    task = Task("task", None, "help", None, "planned", "medium", None, None, 1, 1)
    conversation = conversations.blank("offline", 1, title="help")
    waiting = [QueuedMessage(new_id(), conversation.id, content, None, 1, 1) for content in (*before, "help")]
    database.write(
        tasks.insert(task),
        conversations.insert(conversation),
        *map(queue.insert, waiting),
        tasks.start_run(task.id, conversation.id, waiting[-1].id, 2),
    )
    database.close()
    return task.id, conversation.id


def test_a_crash_before_the_turn_lets_it_run_at_the_next_start(
    start_daemon: StartDaemon, tmp_path: Path
) -> None:
    made, conversation = a_data_dir_with_a_queue(tmp_path / "data")
    api = start_daemon().client
    with api.follow(conversation, after=0) as turn:
        assert turn.end()["type"] == "done"
    ended = task(api, made)
    assert (ended["status"], ended["conversationId"]) == ("completed", conversation)
    assert "I understand these commands" in ended["result"]


@pytest.mark.parametrize("what", ["queue", "conversation"])
def test_a_task_whose_message_is_taken_back_is_cancelled(
    start_daemon: StartDaemon, tmp_path: Path, what: str
) -> None:
    made, conversation = a_data_dir_with_a_queue(tmp_path / "data", "run true")
    api = start_daemon().client
    path = f"{CONVERSATIONS}/{conversation}"
    with feed(api) as stream, api.follow(conversation, after=0) as turn:
        turn.until("permission_request")
        assert task(api, made)["status"] == "queued"
        [row] = api.get(f"{path}/queue")
        api.delete(f"{path}/queue/{row['id']}" if what == "queue" else path)
        until_status(stream, made, "cancelled")
    assert task(api, made)["conversationId"] == (conversation if what == "queue" else None)
