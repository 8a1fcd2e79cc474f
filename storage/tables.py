"""The tables, as peewee sees them. `migrations` creates them; a test holds the two together."""

from __future__ import annotations

from peewee import (
    AutoField,
    BigIntegerField,
    BlobField,
    BooleanField,
    CompositeKey,
    FloatField,
    IntegerField,
    TextField,
)

from storage.document_tables import (
    ConversationDocumentTable,
    DocumentTable,
    DocumentTextTable,
    RemovedDocumentTable,
)
from storage.table_base import Table
from storage.upkeep_table import UpkeepTable


class ProjectTable(Table):
    """Projects."""

    id = TextField(primary_key=True)
    name = TextField()
    description = TextField(null=True)
    working_directory = TextField(null=True)
    status = TextField()
    created_at = BigIntegerField()
    updated_at = BigIntegerField()

    class Meta:
        table_name = "projects"


class ConversationTable(Table):
    """Conversations. `pk` is what the full-text index refers to."""

    pk = AutoField()
    id = TextField(unique=True)
    project_id = TextField(null=True)
    title = TextField(null=True)
    title_is_given = BooleanField()
    runtime_id = TextField()
    model_id = TextField(null=True)
    status = TextField()
    session_id = TextField(null=True)
    working_directory = TextField(null=True)
    preview = TextField(null=True)
    input_tokens = IntegerField()
    output_tokens = IntegerField()
    cost_usd = FloatField()
    unpriced_turns = IntegerField()
    created_at = BigIntegerField()
    updated_at = BigIntegerField()
    branch_id = TextField()
    last_outcome = TextField(null=True)
    is_unread = BooleanField()

    class Meta:
        table_name = "conversations"


class MessageTable(Table):
    """Messages. `pk` gives the order within a conversation, also where milliseconds are equal."""

    pk = AutoField()
    id = TextField(unique=True)
    conversation_id = TextField()
    turn_id = TextField(null=True)
    role = TextField()
    content = TextField()
    status = TextField()
    metadata = TextField(null=True)
    created_at = BigIntegerField()
    updated_at = BigIntegerField()
    branch_id = TextField()
    parent_id = TextField(null=True)
    is_pinned = BooleanField()

    class Meta:
        table_name = "messages"


class TurnTable(Table):
    """Turns."""

    id = TextField(primary_key=True)
    conversation_id = TextField()
    user_message_id = TextField()
    assistant_message_id = TextField()
    client_message_id = TextField(null=True)
    status = TextField()
    runtime_id = TextField()
    model_id = TextField(null=True)
    first_seq = BigIntegerField()
    last_seq = BigIntegerField(null=True)
    started_at = BigIntegerField()
    ended_at = BigIntegerField(null=True)

    class Meta:
        table_name = "turns"


class StepTable(Table):
    """The transcript as the model sees it."""

    pk = AutoField()
    conversation_id = TextField()
    turn_id = TextField()
    role = TextField()
    blocks = TextField()

    class Meta:
        table_name = "steps"


class EventTable(Table):
    """Events, for replay."""

    conversation_id = TextField()
    first_seq = BigIntegerField()
    last_seq = BigIntegerField()
    turn_id = TextField(null=True)
    is_run = BooleanField()
    payload = BlobField()

    class Meta:
        table_name = "events"
        primary_key = CompositeKey("conversation_id", "first_seq")


class PermissionRuleTable(Table):
    """Permission rules."""

    id = TextField(primary_key=True)
    pattern = TextField()
    behavior = TextField()
    project_id = TextField(null=True)
    created_at = BigIntegerField()
    expires_at = BigIntegerField(null=True)
    uses = IntegerField()

    class Meta:
        table_name = "permission_rules"


class QueuedMessageTable(Table):
    """User messages that wait for a turn to end."""

    id = TextField(primary_key=True)
    conversation_id = TextField()
    content = TextField()
    client_message_id = TextField(null=True)
    created_at = BigIntegerField()
    updated_at = BigIntegerField()
    mentions = TextField(null=True)
    attachments = TextField(null=True)

    class Meta:
        table_name = "queued_messages"


class BranchTable(Table):
    """Branches of conversations."""

    id = TextField(primary_key=True)
    conversation_id = TextField()
    parent_id = TextField()
    fork_pk = BigIntegerField()
    created_at = BigIntegerField()

    class Meta:
        table_name = "branches"


class TaskTable(Table):
    """Tasks."""

    pk = AutoField()
    id = TextField(unique=True)
    project_id = TextField(null=True)
    title = TextField()
    description = TextField(null=True)
    status = TextField()
    priority = TextField()
    result = TextField(null=True)
    conversation_id = TextField(null=True)
    created_at = BigIntegerField()
    updated_at = BigIntegerField()
    run_message_id = TextField(null=True)

    class Meta:
        table_name = "tasks"


class EnvironmentTable(Table):
    """The last scan of each project's folder."""

    project_id = TextField(primary_key=True)
    directory = TextField()
    state = TextField()
    problem = TextField(null=True)
    facts = TextField(null=True)
    scanned_at = BigIntegerField(null=True)

    class Meta:
        table_name = "environments"


class UsageTable(Table):
    """What turns used."""

    turn_id = TextField(primary_key=True)
    at = BigIntegerField()
    conversation_id = TextField()
    project_id = TextField(null=True)
    runtime_id = TextField()
    model_id = TextField(null=True)
    input_tokens = IntegerField()
    output_tokens = IntegerField()
    cache_read_tokens = IntegerField()
    cache_write_tokens = IntegerField()
    cost_usd = FloatField(null=True)

    class Meta:
        table_name = "usage"


class McpApprovalTable(Table):
    """The `.mcp.json` files that a person has allowed, by their content."""

    path = TextField(primary_key=True)
    sha256 = TextField()
    approved_at = BigIntegerField()

    class Meta:
        table_name = "mcp_approvals"


class RenderedTable(Table):
    """Messages as HTML."""

    message_id = TextField(primary_key=True)
    version = IntegerField()
    html = TextField()

    class Meta:
        table_name = "rendered"


class EntityTable(Table):
    """What is searched as typed; triggers keep it."""

    pk = AutoField()
    entity_type = TextField()
    entity_id = TextField()
    label = TextField()
    status = TextField(null=True)
    description = TextField(null=True)
    project_id = TextField(null=True)
    updated_at = BigIntegerField()

    class Meta:
        table_name = "entities"


TABLES: tuple[type[Table], ...] = (
    ProjectTable,
    ConversationTable,
    MessageTable,
    TurnTable,
    StepTable,
    EventTable,
    PermissionRuleTable,
    QueuedMessageTable,
    BranchTable,
    TaskTable,
    DocumentTable,
    DocumentTextTable,
    ConversationDocumentTable,
    RemovedDocumentTable,
    EnvironmentTable,
    UsageTable,
    McpApprovalTable,
    RenderedTable,
    EntityTable,
    UpkeepTable,
)
