"""The first form of the database: projects, conversations, messages, turns, events, rules, the queue."""

from __future__ import annotations

SEARCHABLE = "role IN ('user', 'assistant') AND {row}.status NOT IN ('pending', 'streaming')"
NEW_IS_SEARCHABLE = "new." + SEARCHABLE.format(row="new")
OLD_IS_SEARCHABLE = "old." + SEARCHABLE.format(row="old")

FIRST = f"""
CREATE TABLE projects (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT,
    working_directory TEXT,
    status TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX projects_by_time ON projects (updated_at DESC, id DESC);

CREATE TABLE conversations (
    pk INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    project_id TEXT REFERENCES projects (id) ON DELETE SET NULL,
    title TEXT,
    title_is_given INTEGER NOT NULL,
    runtime_id TEXT NOT NULL,
    model_id TEXT,
    status TEXT NOT NULL,
    session_id TEXT,
    working_directory TEXT,
    preview TEXT,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    cost_usd REAL NOT NULL,
    unpriced_turns INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX conversations_by_time ON conversations (updated_at DESC, id DESC);
CREATE INDEX conversations_by_status ON conversations (status, updated_at DESC, id DESC);
CREATE INDEX conversations_by_project ON conversations (project_id, updated_at DESC, id DESC);
CREATE INDEX conversations_by_project_and_status
    ON conversations (project_id, status, updated_at DESC, id DESC);
CREATE INDEX conversations_by_runtime ON conversations (runtime_id, updated_at DESC, id DESC);

CREATE TABLE turns (
    id TEXT PRIMARY KEY,
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    user_message_id TEXT NOT NULL,
    assistant_message_id TEXT NOT NULL,
    client_message_id TEXT,
    status TEXT NOT NULL,
    runtime_id TEXT NOT NULL,
    model_id TEXT,
    first_seq INTEGER NOT NULL,
    last_seq INTEGER,
    started_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT;
CREATE INDEX turns_by_conversation ON turns (conversation_id, id);
CREATE UNIQUE INDEX turns_by_client_message ON turns (conversation_id, client_message_id)
    WHERE client_message_id IS NOT NULL;
CREATE INDEX running_turns ON turns (status) WHERE status = 'running';

CREATE TABLE messages (
    pk INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    turn_id TEXT,
    role TEXT NOT NULL,
    content TEXT NOT NULL,
    status TEXT NOT NULL,
    metadata TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX messages_by_conversation ON messages (conversation_id, pk);
CREATE INDEX open_requests ON messages (status) WHERE role = 'system' AND status = 'pending';

CREATE TABLE steps (
    pk INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    turn_id TEXT NOT NULL,
    role TEXT NOT NULL,
    blocks TEXT NOT NULL
) STRICT;
CREATE INDEX steps_by_conversation ON steps (conversation_id, pk);

CREATE TABLE events (
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    first_seq INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    turn_id TEXT,
    is_run INTEGER NOT NULL,
    payload BLOB NOT NULL,
    PRIMARY KEY (conversation_id, first_seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE permission_rules (
    id TEXT PRIMARY KEY,
    pattern TEXT NOT NULL,
    behavior TEXT NOT NULL,
    project_id TEXT REFERENCES projects (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    uses INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX one_rule_of_a_kind ON permission_rules (pattern, behavior, ifnull(project_id, ''));

CREATE TABLE queued_messages (
    id TEXT PRIMARY KEY,
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    content TEXT NOT NULL,
    client_message_id TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX queued_messages_by_conversation ON queued_messages (conversation_id, id);

CREATE VIRTUAL TABLE conversations_fts USING fts5 (
    title, content='conversations', content_rowid='pk', tokenize='unicode61 remove_diacritics 2'
);
CREATE TRIGGER conversations_title_added AFTER INSERT ON conversations
WHEN new.title IS NOT NULL BEGIN
    INSERT INTO conversations_fts (rowid, title) VALUES (new.pk, new.title);
END;
CREATE TRIGGER conversations_title_changed AFTER UPDATE OF title ON conversations
WHEN new.title IS NOT old.title BEGIN
    INSERT INTO conversations_fts (conversations_fts, rowid, title)
        SELECT 'delete', old.pk, old.title WHERE old.title IS NOT NULL;
    INSERT INTO conversations_fts (rowid, title) SELECT new.pk, new.title WHERE new.title IS NOT NULL;
END;
CREATE TRIGGER conversations_title_removed AFTER DELETE ON conversations
WHEN old.title IS NOT NULL BEGIN
    INSERT INTO conversations_fts (conversations_fts, rowid, title) VALUES ('delete', old.pk, old.title);
END;

CREATE VIRTUAL TABLE messages_fts USING fts5 (
    content, content='messages', content_rowid='pk', tokenize='unicode61 remove_diacritics 2'
);
CREATE TRIGGER messages_content_added AFTER INSERT ON messages
WHEN {NEW_IS_SEARCHABLE} BEGIN
    INSERT INTO messages_fts (rowid, content) VALUES (new.pk, new.content);
END;
CREATE TRIGGER messages_content_finished AFTER UPDATE OF content, status ON messages
WHEN {NEW_IS_SEARCHABLE} AND NOT ({OLD_IS_SEARCHABLE}) BEGIN
    INSERT INTO messages_fts (rowid, content) VALUES (new.pk, new.content);
END;
CREATE TRIGGER messages_content_changed AFTER UPDATE OF content, status ON messages
WHEN {OLD_IS_SEARCHABLE} AND (new.content <> old.content OR NOT ({NEW_IS_SEARCHABLE})) BEGIN
    INSERT INTO messages_fts (messages_fts, rowid, content) VALUES ('delete', old.pk, old.content);
    INSERT INTO messages_fts (rowid, content) SELECT new.pk, new.content WHERE {NEW_IS_SEARCHABLE};
END;
CREATE TRIGGER messages_content_removed AFTER DELETE ON messages
WHEN {OLD_IS_SEARCHABLE} BEGIN
    INSERT INTO messages_fts (messages_fts, rowid, content) VALUES ('delete', old.pk, old.content);
END;
"""
