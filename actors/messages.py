"""What actors tell each other. Commands are imperative, notices past tense; all are frozen values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import msgspec

from storage.records import Conversation, Message, PermissionRule, QueuedMessage
from storage.statements import Scalar

if TYPE_CHECKING:
    from actors.bridge import Reply
    from actors.events import Answerer
    from actors.options import Options
    from actors.permissions import Rule


class Fork(msgspec.Struct, frozen=True):
    """Where a new branch leaves.

    Attributes:
        branch_id: the branch that it leaves.
        pk: the place of the last message that both show; 0 for none.
        parent_id: the id of the last message of a person or an agent that both show.
    """

    branch_id: str
    pk: int
    parent_id: str | None


class SendMessage(msgspec.Struct, frozen=True):
    """Starts a turn with a user message, or queues the message. Answer: `Accepted` or `Queued`.

    Raises TurnRunningError, if a turn runs and `when_busy` is `refuse`.

    Attributes:
        mentions: what the message names, as JSON text of a list; None for nothing.
        attachments: ids of documents, as JSON text of a list; None for none.
        fork: where the message is to follow; unless the current branch ends there, it starts a branch and
            never waits.
    """

    content: str
    client_message_id: str | None = None
    when_busy: Literal["refuse", "queue"] = "refuse"
    mentions: str | None = None
    attachments: str | None = None
    fork: Fork | None = None


class RetryMessage(msgspec.Struct, frozen=True):
    """Answers a user message again, on a branch that leaves behind it. Answer: `Accepted`.

    Raises TurnRunningError, if a turn runs.
    """

    message: Message
    fork: Fork


class CompactConversation(msgspec.Struct, frozen=True):
    """Summarises the branch so far, for the model. Answer: `Accepted`, whose messages are the summary's row.

    Raises TurnRunningError, if a turn runs.
    """


class SwitchBranch(msgspec.Struct, frozen=True):
    """Goes on with another branch. Answer: None. Raises TurnRunningError, if a turn runs.

    Attributes:
        last_message_id: the last message that the branch shows.
    """

    branch_id: str
    last_message_id: str | None


class Accepted(msgspec.Struct, frozen=True):
    """A message is stored and its turn runs; its events come after `first_seq`."""

    turn_id: str
    user_message_id: str
    assistant_message_id: str
    first_seq: int


class Queued(msgspec.Struct, frozen=True):
    """A message is stored and waits; `reply` will hold its `Accepted`, or raise RemovedFromQueueError."""

    message: QueuedMessage
    reply: Reply[Accepted]


class CancelTurn(msgspec.Struct, frozen=True):
    """Stops the running turn. Raises NoTurnError if there is none."""


class AnswerRequest(msgspec.Struct, frozen=True):
    """Answers a permission request or question. Answer: True where it came too late to change anything.

    Raises InvalidInputError, if the changed input does not fit the tool.
    """

    request_id: str
    behavior: Literal["allow", "deny"]
    message: str | None = None
    updated_input: Any = None
    answered_by: Answerer | None = None

    def __repr__(self) -> str:
        """Without the input: what a person answers may be a secret."""
        return f"AnswerRequest({self.request_id!r}, {self.behavior!r}, {self.message!r})"


class ChangeConversation(msgspec.Struct, frozen=True):
    """Changes columns of the conversation. Answer: the changed record."""

    changes: tuple[tuple[str, Scalar], ...]


class DeleteConversation(msgspec.Struct, frozen=True):
    """Stops the running turn and removes everything. Answer: None, when it is gone."""


class EditQueued(msgspec.Struct, frozen=True):
    """Changes a waiting message. Answer: it. Raises NotQueuedError.

    Attributes:
        mentions: what it names now, as JSON text of a list; None leaves that as it is.
    """

    message_id: str
    content: str
    mentions: str | None = None


class RemoveQueued(msgspec.Struct, frozen=True):
    """Takes a waiting message back. Answer: None. Raises NotQueuedError."""

    message_id: str


class ListQueued(msgspec.Struct, frozen=True):
    """Asks for the waiting messages. Answer: a tuple of them."""


class ResumeQueue(msgspec.Struct, frozen=True):
    """Starts the next waiting message, if no turn runs."""


class Passivate(msgspec.Struct, frozen=True):
    """Ends the actor if it has nothing to do. Answer: whether it does."""


class Shutdown(msgspec.Struct, frozen=True):
    """The daemon stops: ends the turn as interrupted. Answer: None, when all is stored."""


class RulesChanged(msgspec.Struct, frozen=True):
    """The permission rules are these from now on."""

    rules: tuple[Rule, ...]


class OptionsChanged(msgspec.Struct, frozen=True):
    """The settings are these from the next turn on."""

    options: Options


class OpenConversation(msgspec.Struct, frozen=True):
    """Asks for the actor of a conversation. Answer: its ActorRef. Raises ConversationNotFoundError."""

    conversation_id: str


class CreateConversation(msgspec.Struct, frozen=True):
    """Stores a new conversation. Answer: None, when it is stored."""

    conversation: Conversation


class ConversationIdle(msgspec.Struct, frozen=True):
    """A conversation has nothing to do for now."""

    conversation_id: str


class ConversationEnded(msgspec.Struct, frozen=True):
    """A conversation's actor is no more: it was deleted or has failed."""

    conversation_id: str
    actor_urn: str


class SaveRule(msgspec.Struct, frozen=True):
    """Stores a permission rule; one like it is replaced. Answer: the stored rule."""

    rule: PermissionRule


class RemoveRule(msgspec.Struct, frozen=True):
    """Removes a permission rule. Answer: whether there was one."""

    rule_id: str


class RemoveRulesOfProject(msgspec.Struct, frozen=True):
    """Forgets the rules of a project that is gone from the store."""

    project_id: str


class ListRules(msgspec.Struct, frozen=True):
    """Asks for the permission rules. Answer: a tuple of `Rule`."""


class RuleUsed(msgspec.Struct, frozen=True):
    """Rules decided something."""

    rule_ids: tuple[str, ...]


class PassivateIdle(msgspec.Struct, frozen=True):
    """Time to end actors that have been idle for a while."""


class HoldConversation(msgspec.Struct, frozen=True):
    """Keeps a conversation closed until it is released. Answer: whether it is; an open one is asked to end first."""

    conversation_id: str


class ReleaseConversation(msgspec.Struct, frozen=True):
    """Lets a conversation be opened again."""

    conversation_id: str


class StopOpening(msgspec.Struct, frozen=True):
    """The daemon stops: opens no more conversations. Answer: the actors that are open."""
