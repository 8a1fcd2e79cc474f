"""ConversationsActor: which conversations are open. It opens them, lets idle ones go, and keeps the rules."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pykka
from msgspec.structs import replace

from actors import messages as told
from actors.bridge import Actor, Reply, tell
from actors.errors import ConversationHeldError, ConversationNotFoundError, ShuttingDownError
from actors.events import EventSink
from actors.measures import Measures
from actors.notices import ConversationState
from actors.open_conversations import OpenConversations
from actors.options import Options
from actors.writes import Write
from storage import branches, conversations, events, messages, queue, rules, tasks
from storage.database import Database
from storage.records import PermissionRule
from storage.statements import Statement

if TYPE_CHECKING:
    from actors.conversation import ConversationActor
    from actors.permissions import Rule
    from actors.surroundings import Agents

logger = logging.getLogger(__name__)

TIMER = "passivate"


class ConversationsActor(Actor):
    """Keeps the actors of the conversations that are open."""

    def __init__(
        self,
        database: Database,
        archive: pykka.ActorRef[Any],
        agents: Agents,
        sink: EventSink,
        options: Options,
        measures: Measures,
        opened: OpenConversations | None = None,
    ) -> None:
        super().__init__(measures)
        self._database = database
        self._archive = archive
        self._agents = agents
        self._sink = sink
        self._options = options
        self._rules: tuple[Rule, ...] = ()
        self._open = opened or OpenConversations()
        self._idle_since: dict[str, float] = {}
        self._held: set[str] = set()
        self._is_stopping = False
        self._handlers: dict[type, Callable[[Any], Any]] = {
            told.OpenConversation: self._open_conversation,
            told.CreateConversation: self._create,
            told.ConversationIdle: self._idle,
            told.ConversationEnded: self._ended,
            told.PassivateIdle: self._passivate,
            told.SaveRule: self._save_rule,
            told.RemoveRule: self._remove_rule,
            told.RemoveRulesOfProject: self._remove_rules_of_project,
            told.ListRules: lambda _: self._rules,
            told.RuleUsed: self._rule_used,
            told.OptionsChanged: self._options_changed,
            told.HoldConversation: self._hold,
            told.ReleaseConversation: lambda command: self._held.discard(command.conversation_id),
            told.StopOpening: self._stop_opening,
        }

    def on_start(self) -> None:
        """Reads the rules."""
        self._rules = tuple(rule_of(record) for record in rules.every(self._database))

    def receive(self, message: Any) -> Any:
        """Takes commands of the daemon and notices of conversations."""
        handle = self._handlers.get(type(message))
        return super().receive(message) if handle is None else handle(message)

    # Conversations

    def _open_conversation(self, command: told.OpenConversation) -> pykka.ActorRef[ConversationActor]:
        if self._is_stopping:
            raise ShuttingDownError("The daemon is stopping. Try again when it runs.")
        if command.conversation_id in self._held:
            raise ConversationHeldError("The conversation is just being imported. Try again in a moment.")
        found = self._open.get(command.conversation_id)
        if found is not None:
            self._idle_since.pop(command.conversation_id, None)
            self._idle(told.ConversationIdle(command.conversation_id))
            return found
        record = conversations.get(self._database, command.conversation_id)
        if record is None:
            raise ConversationNotFoundError("There is no such conversation.")
        state = ConversationState(
            record,
            events.last_seq(self._database, record.id),
            tuple(queue.waiting(self._database, record.id)),
            messages.last(
                self._database, record.id, branches.path(self._database, record.id, record.branch_id)
            ),
            tasks.running_in(self._database, record.id),
        )
        # Whoever opens the first has imported these (`actors.system`): a daemon starts sooner without.
        from actors.conversation import ConversationActor  # noqa: PLC0415
        from actors.surroundings import Surroundings  # noqa: PLC0415

        around = Surroundings(
            self.actor_ref, self._archive, self._agents, self._sink, self._options, self._rules, self.measures
        )
        ref = ConversationActor.start(state, around)
        self._open.put(record.id, ref)
        self._idle(told.ConversationIdle(record.id))
        return ref

    def _create(self, command: told.CreateConversation) -> Reply[None]:
        return self._write(
            conversations.insert(command.conversation), conversation_id=command.conversation.id
        )

    def _idle(self, notice: told.ConversationIdle) -> None:
        """Notes that a conversation has, as far as is known here, nothing to do; it decides itself later."""
        self._idle_since[notice.conversation_id] = time.monotonic()
        if len(self._idle_since) == 1:
            self._start_timer()

    def _ended(self, notice: told.ConversationEnded) -> None:
        if self._open.remove(notice.conversation_id, notice.actor_urn):
            self._idle_since.pop(notice.conversation_id, None)

    def _passivate(self, _notice: told.PassivateIdle) -> None:
        latest = time.monotonic() - self._options.idle_timeout_s
        for conversation_id, since in tuple(self._idle_since.items()):
            if since <= latest:
                # Asked again later, if it has something to do now.
                self._idle_since[conversation_id] = time.monotonic()
                ref = self._open.get(conversation_id)
                if ref is None or not tell(ref, told.Passivate()):
                    del self._idle_since[conversation_id]
                    self._open.remove(conversation_id)
        if self._idle_since:
            self._start_timer()

    def _hold(self, command: told.HoldConversation) -> bool:
        if self._is_stopping:
            raise ShuttingDownError("The daemon is stopping. Try again when it runs.")
        found = self._open.get(command.conversation_id)
        if found is not None:
            tell(found, told.Passivate())
            return False
        self._held.add(command.conversation_id)
        return True

    def _start_timer(self) -> None:
        self._agents.start_timer(TIMER, self._options.idle_timeout_s, self.actor_ref, told.PassivateIdle())

    def _stop_opening(self, _command: told.StopOpening) -> tuple[pykka.ActorRef[ConversationActor], ...]:
        self._is_stopping = True
        self._open.close()
        return tuple(self._open)

    def _options_changed(self, message: told.OptionsChanged) -> None:
        self._options = message.options
        self._tell_all(message)

    # Rules

    def _save_rule(self, command: told.SaveRule) -> Reply[Any]:
        record = command.rule
        new = rule_of(record)
        same = [rule for rule in self._rules if _kind(rule) == _kind(new)]
        if same:  # the same rule again: only its end changes
            kept = replace(same[0], expires_at=record.expires_at)
            self._set_rules(tuple(kept if rule is same[0] else rule for rule in self._rules))
            return self._write(rules.extend(kept.id, kept.expires_at), answer=kept)
        self._set_rules((*self._rules, new))
        return self._write(rules.insert(record), answer=new)

    def _remove_rule(self, command: told.RemoveRule) -> Reply[Any]:
        kept = tuple(rule for rule in self._rules if rule.id != command.rule_id)
        was_there = len(kept) < len(self._rules)
        self._set_rules(kept)
        return self._write(rules.delete(command.rule_id), answer=was_there)

    def _remove_rules_of_project(self, command: told.RemoveRulesOfProject) -> None:
        self._set_rules(tuple(rule for rule in self._rules if rule.project_id != command.project_id))

    def _rule_used(self, notice: told.RuleUsed) -> None:
        used = set(notice.rule_ids)
        self._rules = tuple(
            replace(rule, uses=rule.uses + 1) if rule.id in used else rule for rule in self._rules
        )
        tell(self._archive, Write(tuple(rules.count_use(rule_id) for rule_id in notice.rule_ids)))

    def _set_rules(self, new: tuple[Rule, ...]) -> None:
        self._rules = new
        self._tell_all(told.RulesChanged(new))

    def _tell_all(self, message: object) -> None:
        for ref in self._open:
            tell(ref, message)

    def _write(
        self, statement: Statement, *, conversation_id: str | None = None, answer: object = None
    ) -> Reply[Any]:
        """A reply with this answer, given when the statement is stored."""
        reply: Reply[Any] = Reply()
        stored: Reply[None] = Reply()

        def settle(_stored: Reply[None]) -> None:
            try:
                stored.get(timeout=0)
            except Exception as error:  # noqa: BLE001  (whatever it is, it goes to whoever waits)
                reply.fail(error)
            else:
                reply.set(answer)

        stored.on_resolved(settle)
        write = Write((statement,), conversation_id, (), conversation_id is not None, stored)
        if not tell(self._archive, write):
            stored.fail(ShuttingDownError("The daemon is stopping."))
        return reply


def rule_of(record: PermissionRule) -> Rule:
    """The rule of a stored record."""
    from actors.patterns import Pattern  # noqa: PLC0415  (who has no rules needs none of it)
    from actors.permissions import Rule  # noqa: PLC0415

    return Rule(
        id=record.id,
        pattern=Pattern.parse(record.pattern),
        behavior=record.behavior,
        project_id=record.project_id,
        created_at=record.created_at,
        expires_at=record.expires_at,
        uses=record.uses,
    )


def _kind(rule: Rule) -> tuple[str, str, str | None]:
    return rule.pattern.text, rule.behavior, rule.project_id
