"""The mentions of a message, from the request to what is stored."""

from __future__ import annotations

from collections.abc import Sequence

from actors import mentions
from daemon.schemas import Mention
from daemon.services import Services
from daemon.workspaces import workspace_of
from storage.records import Conversation


def checked(services: Services, conversation: Conversation, given: Sequence[Mention]) -> str | None:
    """The mentions as they are stored, once it is clear that all exist. Looks at the disk: run it in a thread.

    Raises:
        UnknownMentionError: there is no such thing (any more).
        MentionRefusedError: a file that is not given to an agent.
    """
    named = [mentions.Mention(one.entity_type, one.entity_id, one.label) for one in given]
    root = workspace_of(services, conversation.project_id, conversation).root
    mentions.check(services.database, root, named)
    return mentions.encode(named)
