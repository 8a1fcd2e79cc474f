"""The second form of the database: branches, documents, tasks, environments, usage, and what is searched as typed."""

from __future__ import annotations

from storage.records import MAIN_BRANCH


def _indexed(table: str, kind: str, label: str, status: str, description: str, project_id: str) -> str:
    """The triggers that keep the rows of a table findable as entities."""
    values = f"'{kind}', new.id, {label}, {status}, {description}, {project_id}, new.updated_at"
    columns = "entity_type, entity_id, label, status, description, project_id, updated_at"
    return f"""
INSERT INTO entities ({columns}) SELECT {values.replace("new.", "")} FROM {table} WHERE {label.replace("new.", "")} IS NOT NULL;
CREATE TRIGGER {table}_entity_added AFTER INSERT ON {table} WHEN {label} IS NOT NULL BEGIN
    INSERT INTO entities ({columns}) VALUES ({values});
END;
CREATE TRIGGER {table}_entity_changed AFTER UPDATE ON {table} WHEN {label} IS NOT NULL BEGIN
    INSERT INTO entities ({columns}) VALUES ({values})
        ON CONFLICT (entity_type, entity_id) DO UPDATE SET label = excluded.label, status = excluded.status,
        description = excluded.description, project_id = excluded.project_id, updated_at = excluded.updated_at;
END;
CREATE TRIGGER {table}_entity_unnamed AFTER UPDATE ON {table} WHEN {label} IS NULL BEGIN
    DELETE FROM entities WHERE entity_type = '{kind}' AND entity_id = old.id;
END;
CREATE TRIGGER {table}_entity_removed AFTER DELETE ON {table} BEGIN
    DELETE FROM entities WHERE entity_type = '{kind}' AND entity_id = old.id;
END;
"""


ENTITIES = "".join(
    (
        _indexed(
            "projects", "project", "new.name", "new.status", "substr(new.description, 1, 200)", "new.id"
        ),
        _indexed(
            "tasks", "task", "new.title", "new.status", "substr(new.description, 1, 200)", "new.project_id"
        ),
        _indexed("documents", "document", "new.name", "new.state", "new.media_type", "new.project_id"),
        _indexed(
            "conversations",
            "conversation",
            "new.title",
            "new.status",
            "substr(new.preview, 1, 200)",
            "new.project_id",
        ),
    )
)

SECOND = f"""
ALTER TABLE conversations ADD COLUMN branch_id TEXT NOT NULL DEFAULT '{MAIN_BRANCH}';

ALTER TABLE messages ADD COLUMN branch_id TEXT NOT NULL DEFAULT '{MAIN_BRANCH}';
ALTER TABLE messages ADD COLUMN parent_id TEXT;
ALTER TABLE messages ADD COLUMN is_pinned INTEGER NOT NULL DEFAULT 0;
DROP INDEX messages_by_conversation;
CREATE INDEX messages_by_branch ON messages (conversation_id, branch_id, pk);
CREATE INDEX messages_by_parent ON messages (conversation_id, parent_id, role);
CREATE INDEX pinned_messages ON messages (conversation_id, pk) WHERE is_pinned = 1;
UPDATE messages SET parent_id = before.id FROM (
    SELECT pk, lag(id) OVER (PARTITION BY conversation_id ORDER BY pk) AS id FROM messages
    WHERE role IN ('user', 'assistant')
) AS before WHERE before.pk = messages.pk;

CREATE TABLE branches (
    id TEXT PRIMARY KEY,
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    parent_id TEXT NOT NULL,
    fork_pk INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX branches_by_conversation ON branches (conversation_id, created_at);

CREATE INDEX steps_by_turn ON steps (turn_id, pk);

CREATE TABLE tasks (
    pk INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    project_id TEXT REFERENCES projects (id) ON DELETE SET NULL,
    title TEXT NOT NULL,
    description TEXT,
    status TEXT NOT NULL,
    priority TEXT NOT NULL,
    result TEXT,
    conversation_id TEXT REFERENCES conversations (id) ON DELETE SET NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX tasks_by_time ON tasks (updated_at DESC, id DESC);
CREATE INDEX tasks_by_status ON tasks (status, updated_at DESC, id DESC);
CREATE INDEX tasks_by_project ON tasks (project_id, updated_at DESC, id DESC);
CREATE INDEX tasks_by_conversation ON tasks (conversation_id) WHERE conversation_id IS NOT NULL;

CREATE TABLE documents (
    pk INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    origin TEXT NOT NULL,
    project_id TEXT REFERENCES projects (id) ON DELETE SET NULL,
    state TEXT NOT NULL,
    problem TEXT,
    text TEXT,
    width INTEGER,
    height INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX documents_by_time ON documents (updated_at DESC, id DESC);
CREATE INDEX documents_by_project ON documents (project_id, updated_at DESC, id DESC);

CREATE TABLE conversation_documents (
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    document_id TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    message_id TEXT,
    PRIMARY KEY (conversation_id, document_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX conversations_of_documents ON conversation_documents (document_id);

CREATE TABLE environments (
    project_id TEXT PRIMARY KEY REFERENCES projects (id) ON DELETE CASCADE,
    directory TEXT NOT NULL,
    state TEXT NOT NULL,
    problem TEXT,
    facts TEXT,
    scanned_at INTEGER
) STRICT;

CREATE TABLE usage (
    turn_id TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    conversation_id TEXT NOT NULL,
    project_id TEXT,
    runtime_id TEXT NOT NULL,
    model_id TEXT,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    cache_read_tokens INTEGER NOT NULL,
    cache_write_tokens INTEGER NOT NULL,
    cost_usd REAL
) STRICT;
CREATE INDEX usage_by_time ON usage (at, cost_usd);

CREATE TABLE mcp_approvals (
    path TEXT PRIMARY KEY,
    sha256 TEXT NOT NULL,
    approved_at INTEGER NOT NULL
) STRICT;

CREATE TABLE rendered (
    message_id TEXT PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    html TEXT NOT NULL
) STRICT;

ALTER TABLE queued_messages ADD COLUMN mentions TEXT;
ALTER TABLE queued_messages ADD COLUMN attachments TEXT;

CREATE TABLE entities (
    pk INTEGER PRIMARY KEY AUTOINCREMENT,
    entity_type TEXT NOT NULL,
    entity_id TEXT NOT NULL,
    label TEXT NOT NULL,
    status TEXT,
    description TEXT,
    project_id TEXT,
    updated_at INTEGER NOT NULL,
    UNIQUE (entity_type, entity_id)
) STRICT;
CREATE INDEX entities_by_time ON entities (updated_at DESC, pk DESC);
CREATE INDEX entities_by_label ON entities (label COLLATE NOCASE);
CREATE VIRTUAL TABLE entities_fts USING fts5 (label, content='entities', content_rowid='pk', tokenize='trigram');
CREATE TRIGGER entities_added AFTER INSERT ON entities BEGIN
    INSERT INTO entities_fts (rowid, label) VALUES (new.pk, new.label);
END;
CREATE TRIGGER entities_renamed AFTER UPDATE OF label ON entities WHEN new.label <> old.label BEGIN
    INSERT INTO entities_fts (entities_fts, rowid, label) VALUES ('delete', old.pk, old.label);
    INSERT INTO entities_fts (rowid, label) VALUES (new.pk, new.label);
END;
CREATE TRIGGER entities_removed AFTER DELETE ON entities BEGIN
    INSERT INTO entities_fts (entities_fts, rowid, label) VALUES ('delete', old.pk, old.label);
END;
{ENTITIES}"""
