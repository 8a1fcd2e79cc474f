"""ConversationActor: one conversation. It owns the turn, the open requests and the queue, and waits for nobody."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any

from msgspec.structs import replace

from actors import messages as told
from actors import notices, requests, writes
from actors.bridge import Actor, Reply, tell
from actors.client_turns import ClientTurns
from actors.compaction_turn import CompactionTurn
from actors.conversation_record import ConversationRecord
from actors.conversation_writer import ConversationWriter
from actors.ending import Ending, Kind
from actors.errors import NoTurnError, TurnRunningError
from actors.log_context import LogContext
from actors.message_queue import MessageQueue
from actors.running_turn import OF_THE_AGENT, RunningTurn, Starting
from actors.store_refusals import StoreRefusals, code_of, may_pass
from actors.surroundings import Surroundings
from actors.task_runs import TaskRuns
from actors.turn import Turn
from actors.turn_rows import UserText, turn_request, turn_row
from actors.turn_runner import TurnRunner
from actors.waiting_line import WaitingLine
from storage import conversations
from storage.ids import new_id
from storage.times import now_ms


class ConversationActor(Actor):
    """One conversation, while it is needed."""

    def __init__(self, state: notices.ConversationState, around: Surroundings) -> None:
        super().__init__(around.measures)
        self._record = ConversationRecord(state.conversation, state.last_message_id)
        self._last_seq = state.last_seq
        self._around = around
        self._queue = MessageQueue(state.waiting)
        self._writer = ConversationWriter(state.conversation.id, self.actor_ref, around.archive, around.sink)
        self._task_runs = TaskRuns(state.task_runs, self._writer)
        self._line = WaitingLine(state.conversation.id, self._queue, self._writer, self._task_runs)
        self._running = RunningTurn()
        self._starting: Starting | None = None
        self._refusals = StoreRefusals(self.actor_ref, self._writer, around.agents)
        self._client_turns = ClientTurns()
        self._ending = Ending()
        self._handlers = self._table()

    def on_start(self) -> None:
        """Tells the sink where the numbering stands."""
        self._around.sink.open(self._record.row.id, self._last_seq)

    def receive(self, message: Any) -> Any:
        """Takes commands, and notices of its agent, its timers and the archive."""
        handle = self._handlers.get(type(message))
        return super().receive(message) if handle is None else handle(message)

    def log_context(self, given: LogContext) -> LogContext:
        """See `Actor.log_context`."""
        return LogContext(given.request_id, self._record.row.id, self._running.turn_id)

    def _table(self) -> dict[type, Callable[[Any], Any]]:
        """What it takes, and what handles it."""
        return {
            told.SendMessage: self._send,
            told.RetryMessage: self._retry,
            told.CompactConversation: self._compact,
            told.SwitchBranch: self._switch_branch,
            told.CancelTurn: self._cancel,
            told.AnswerRequest: self._answer,
            told.ChangeConversation: self._change,
            told.ListQueued: lambda _: self._queue.messages,
            told.EditQueued: self._line.edit,
            told.RemoveQueued: self._line.remove,
            told.ResumeQueue: self._start_next,
            told.DeleteConversation: lambda _: self._stop_for("delete"),
            told.Shutdown: lambda _: self._stop_for("shutdown"),
            told.Passivate: self._passivate,
            told.RulesChanged: self._rules_changed,
            told.OptionsChanged: self._options_changed,
            writes.Flushed: self._flushed,
            writes.TurnStored: self._turn_stored,
            writes.WriteFailed: self._write_failed,
            writes.RetryWrites: self._refusals.retry,
            writes.WritesRetried: self._writes_retried,
            notices.RequestExpired: self._running.expired,
            notices.ToolRequested: self._running.asked,
            notices.QuestionAsked: self._running.asked,
            notices.ToolStarted: self._running.tool_started,
            **dict.fromkeys(OF_THE_AGENT, self._running.receive),
        }

    def failed(self, error: BaseException) -> None:
        """Ends the turn for everybody who follows or waits, and lets the parent start a new actor."""
        if self._running.runner is not None:
            self._running.runner.end_now("Something went wrong inside; the log says what.", "internal_error")
        if self._starting is not None:
            self._starting.reply.fail(error)
        self._ending.failed(error)
        self._queue.fail_all(error)
        tell(self._around.parent, told.ConversationEnded(self._record.row.id, self.actor_urn))

    def _send(self, command: told.SendMessage) -> Any:
        self._ending.refuse()
        if known := self._client_turns.get(command.client_message_id):
            return known
        if waiting := self._queue.of_client(command.client_message_id):
            return told.Queued(waiting, self._queue.reply(waiting.id))
        fork = None if self._record.is_at(command.fork) else command.fork
        if self._is_free:
            reply: Reply[told.Accepted] = Reply()
            return self._start_turn(UserText.sent(command), reply, fork=fork)
        if command.when_busy == "refuse" or fork is not None:
            self._refuse_when_busy()
        return self._line.add(command)

    def _start_next(self, _command: object = None) -> None:
        if self._running.runner is not None or self._ending.kind is not None or self._refusals.is_on:
            return
        if waiting := self._queue.next():
            message, reply = waiting
            self._start_turn(UserText.of(message), reply, was_queued=True)

    def _start_turn(
        self,
        text: UserText,
        reply: Reply[told.Accepted],
        *,
        was_queued: bool = False,
        fork: told.Fork | None = None,
    ) -> Reply[told.Accepted]:
        at, before = now_ms(), copy(self._record)
        rows = self._record.fork(fork, at) if fork is not None else ()
        row = self._record.row
        turn = Turn(new_id(), row.id, text.message_id, new_id(), row.branch_id)
        accepted = self._begin(turn, text.client_message_id, was_queued=was_queued)
        for statement in (*rows, *self._record.start_turn(accepted, text, at)):
            self._writer.add(statement, changes_list=True)
        if was_queued:
            self._line.leave(text.message_id, at)
        self._client_turns.add(text.client_message_id, accepted)
        self._store_start(accepted, reply, before, text)
        return reply

    def _begin(self, turn: Turn, client_message_id: str | None, *, was_queued: bool) -> told.Accepted:
        """Lets a turn send its first events; its rows are the caller's to add."""
        around, write = self._around, self._writer
        self._running.runner = TurnRunner(
            turn, self._record.row, self.actor_ref, around, write, self._task_runs, self._turn_ended
        )
        return self._running.runner.begin(client_message_id, was_queued=was_queued)

    def _store_start(
        self,
        accepted: told.Accepted,
        reply: Reply[told.Accepted],
        before: ConversationRecord,
        text: UserText | None,
    ) -> None:
        """Stores the first rows of a turn; then its agent starts, which gets ready meanwhile."""
        request = turn_request(accepted, self._record.row, self._around.options, text)
        self._starting = Starting(request, accepted, reply, before)
        self._around.agents.prepare_turn(request)
        self._writer.flush_then(writes.TurnStored(accepted.turn_id))
        self._running.show_state()

    def _compact(self, _command: told.CompactConversation) -> Reply[told.Accepted]:
        self._refuse_when_busy()
        reply: Reply[told.Accepted] = Reply()
        before, row = copy(self._record), self._record.row
        turn = CompactionTurn(new_id(), row.id, new_id(), row.branch_id)
        accepted = self._begin(turn, None, was_queued=False)
        self._writer.add(turn_row(accepted, row, None, now_ms()), changes_list=True)
        self._store_start(accepted, reply, before, None)
        return reply

    def _retry(self, command: told.RetryMessage) -> Reply[told.Accepted]:
        self._refuse_when_busy()
        reply: Reply[told.Accepted] = Reply()
        return self._start_turn(UserText.again(command.message), reply, fork=command.fork)

    def _switch_branch(self, command: told.SwitchBranch) -> Reply[Any]:
        self._refuse_when_busy()
        statement = self._record.switch(command.branch_id, command.last_message_id, now_ms())
        self._writer.add(statement, changes_list=True)
        return self._writer.written(None)

    def _turn_stored(self, _notice: writes.TurnStored) -> None:
        if self._starting is not None and self._running.runner is not None:
            starting, self._starting = self._starting, None
            if self._running.runner.turn.state == "running":
                self._around.agents.run_turn(starting.request, self.actor_ref)
            else:  # stopped before it had begun
                self._running.runner.receive(notices.AgentStopped(starting.request.turn_id, cost_usd=0.0))
            starting.reply.set(starting.accepted)

    def _write_failed(self, failed: writes.WriteFailed) -> None:
        """The store refuses: nothing is started or deleted, what runs ends, what is said is stored later."""
        code = code_of(failed)
        is_start = isinstance(failed.awaited, writes.TurnStored)
        if is_start and self._starting is not None and self._running.runner is not None:
            starting, self._starting = self._starting, None
            self._record = starting.before
            self._client_turns.forget(starting.accepted)
            message_id = starting.accepted.user_message_id
            if may_pass(failed) and self._queue.put_back(message_id):
                self._refusals.wait()
            else:
                starting.reply.fail(failed.error)
            with self._task_runs.postponed(message_id):
                self._running.runner.end_now(str(failed.error), code)
            return
        if self._ending.kind is not None and self._running.runner is None:
            self._ending.failed(failed.error)
            return
        self._refusals.keep(failed)
        if self._running.runner is not None and self._starting is None:
            self._running.runner.fail(str(failed.error), code)

    def _writes_retried(self, _notice: writes.WritesRetried) -> None:
        self._refusals.over()
        self._start_next()

    def _turn_ended(self) -> None:
        self._running.runner = None
        if self._ending.kind is not None:
            self._finish_ending()
        elif len(self._queue):
            tell(self.actor_ref, told.ResumeQueue())
        else:
            tell(self._around.parent, told.ConversationIdle(self._record.row.id))

    def _cancel(self, _command: told.CancelTurn) -> None:
        if self._running.runner is None or self._running.runner.turn.state != "running":
            raise NoTurnError("Nothing runs in this conversation.")
        self._running.runner.cancel("cancelled")

    def _answer(self, command: told.AnswerRequest) -> Any:
        is_late = self._running.runner is None or self._running.runner.answer(command)
        if is_late:
            self._writer.add(requests.late(command, now_ms()))
        return self._writer.written(is_late)

    def _change(self, command: told.ChangeConversation) -> Reply[Any]:
        self._ending.refuse()
        self._writer.add(self._record.change(dict(command.changes), now_ms()), changes_list=True)
        return self._writer.written(None)

    def _rules_changed(self, message: told.RulesChanged) -> None:
        self._around = replace(self._around, rules=message.rules)
        if self._running.runner is not None:
            self._running.runner.rules_changed(message.rules)

    def _options_changed(self, message: told.OptionsChanged) -> None:
        self._around = replace(self._around, options=message.options)

    def _stop_for(self, ending: Kind) -> Reply[None]:
        reply = self._ending.begin(ending)
        if self._running.runner is None:
            self._finish_ending()
        else:
            self._running.runner.cancel("cancelled" if ending == "delete" else "restart")
        return reply

    def _finish_ending(self) -> None:
        self._queue.fail_all(self._ending.error())
        if self._ending.kind == "delete":
            self._task_runs.all_removed(now_ms())
            self._writer.add(conversations.delete(self._record.row.id), changes_list=True)
        self._writer.flush_then(writes.Flushed())

    def _passivate(self, _command: told.Passivate) -> None:
        if self._is_free and not self._writer.has_unsaved:
            self._writer.flush_then(writes.Flushed())

    def _flushed(self, _notice: writes.Flushed) -> None:
        """All is stored: the actor may end, unless somebody came in the meantime."""
        if self._ending.kind is None and not self._is_free:
            return
        self._around.sink.close(self._record.row.id)
        tell(self._around.parent, told.ConversationEnded(self._record.row.id, self.actor_urn))
        self._ending.done()
        self.stop()

    @property
    def _is_free(self) -> bool:
        return self._running.runner is None and not len(self._queue)

    def _refuse_when_busy(self) -> None:
        self._ending.refuse()
        if not self._is_free:
            raise TurnRunningError(
                "The agent is still answering. Wait for it, stop it, or send with whenBusy: queue."
            )
