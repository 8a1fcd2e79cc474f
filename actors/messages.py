"""What actors tell each other. Commands are imperative, notices past tense; all are frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from storage.records import Conversation, Message, PermissionRule, QueuedMessage
from storage.statements import Scalar

if TYPE_CHECKING:
    from actors.bridge import Reply
    from actors.options import Options
    from actors.permissions import Rule


@dataclass(frozen=True, slots=True)
class Fork:
    """Where a new branch leaves.

    Attributes:
        branch_id: the branch that it leaves.
        pk: the place of the last message that both show; 0 for none.
        parent_id: the id of the last message of a person or an agent that both show.
    """

    branch_id: str
    pk: int
    parent_id: str | None


@dataclass(frozen=True, slots=True)
class SendMessage:
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


@dataclass(frozen=True, slots=True)
class RetryMessage:
    """Answers a user message again, on a branch that leaves behind it. Answer: `Accepted`.

    Raises TurnRunningError, if a turn runs.
    """

    message: Message
    fork: Fork


@dataclass(frozen=True, slots=True)
class CompactConversation:
    """Summarises the branch so far, for the model. Answer: `Accepted`, whose messages are the summary's row.

    Raises TurnRunningError, if a turn runs.
    """


@dataclass(frozen=True, slots=True)
class SwitchBranch:
    """Goes on with another branch. Answer: None. Raises TurnRunningError, if a turn runs.

    Attributes:
        last_message_id: the last message that the branch shows.
    """

    branch_id: str
    last_message_id: str | None


@dataclass(frozen=True, slots=True)
class Accepted:
    """A message is stored and its turn runs; its events come after `first_seq`."""

    turn_id: str
    user_message_id: str
    assistant_message_id: str
    first_seq: int


@dataclass(frozen=True, slots=True)
class Queued:
    """A message is stored and waits; `reply` will hold its `Accepted`, or raise RemovedFromQueueError."""

    message: QueuedMessage
    reply: Reply[Accepted]


@dataclass(frozen=True, slots=True)
class CancelTurn:
    """Stops the running turn. Raises NoTurnError if there is none."""


@dataclass(frozen=True, slots=True)
class AnswerRequest:
    """Answers a permission request or question. Answer: True where it came too late to change anything.

    Raises InvalidInputError, if the changed input does not fit the tool.
    """

    request_id: str
    behavior: Literal["allow", "deny"]
    message: str | None = None
    updated_input: Any = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ChangeConversation:
    """Changes columns of the conversation. Answer: the changed record."""

    changes: tuple[tuple[str, Scalar], ...]


@dataclass(frozen=True, slots=True)
class DeleteConversation:
    """Stops the running turn and removes everything. Answer: None, when it is gone."""


@dataclass(frozen=True, slots=True)
class EditQueued:
    """Changes a waiting message. Answer: it. Raises NotQueuedError.

    Attributes:
        mentions: what it names now, as JSON text of a list; None leaves that as it is.
    """

    message_id: str
    content: str
    mentions: str | None = None


@dataclass(frozen=True, slots=True)
class RemoveQueued:
    """Takes a waiting message back. Answer: None. Raises NotQueuedError."""

    message_id: str


@dataclass(frozen=True, slots=True)
class ListQueued:
    """Asks for the waiting messages. Answer: a tuple of them."""


@dataclass(frozen=True, slots=True)
class ResumeQueue:
    """Starts the next waiting message, if no turn runs."""


@dataclass(frozen=True, slots=True)
class Passivate:
    """Ends the actor if it has nothing to do. Answer: whether it does."""


@dataclass(frozen=True, slots=True)
class Shutdown:
    """The daemon stops: ends the turn as interrupted. Answer: None, when all is stored."""


@dataclass(frozen=True, slots=True)
class RulesChanged:
    """The permission rules are these from now on."""

    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class OptionsChanged:
    """The settings are these from the next turn on."""

    options: Options


@dataclass(frozen=True, slots=True)
class OpenConversation:
    """Asks for the actor of a conversation. Answer: its ActorRef. Raises ConversationNotFoundError."""

    conversation_id: str


@dataclass(frozen=True, slots=True)
class CreateConversation:
    """Stores a new conversation. Answer: None, when it is stored."""

    conversation: Conversation


@dataclass(frozen=True, slots=True)
class ConversationIdle:
    """A conversation has nothing to do for now."""

    conversation_id: str


@dataclass(frozen=True, slots=True)
class ConversationEnded:
    """A conversation's actor is no more: it was deleted or has failed."""

    conversation_id: str
    actor_urn: str


@dataclass(frozen=True, slots=True)
class SaveRule:
    """Stores a permission rule; one like it is replaced. Answer: the stored rule."""

    rule: PermissionRule


@dataclass(frozen=True, slots=True)
class RemoveRule:
    """Removes a permission rule. Answer: whether there was one."""

    rule_id: str


@dataclass(frozen=True, slots=True)
class RemoveRulesOfProject:
    """Forgets the rules of a project that is gone from the store."""

    project_id: str


@dataclass(frozen=True, slots=True)
class ListRules:
    """Asks for the permission rules. Answer: a tuple of `Rule`."""


@dataclass(frozen=True, slots=True)
class RuleUsed:
    """Rules decided something."""

    rule_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PassivateIdle:
    """Time to end actors that have been idle for a while."""


@dataclass(frozen=True, slots=True)
class HoldConversation:
    """Keeps a conversation closed until it is released. Answer: whether it is; an open one is asked to end first."""

    conversation_id: str


@dataclass(frozen=True, slots=True)
class ReleaseConversation:
    """Lets a conversation be opened again."""

    conversation_id: str


@dataclass(frozen=True, slots=True)
class StopOpening:
    """The daemon stops: opens no more conversations. Answer: the actors that are open."""
