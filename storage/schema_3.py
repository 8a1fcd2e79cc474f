"""The third form of the database: what uses a document and is found in it, which files go, what runs a task, upkeep."""

from __future__ import annotations

LOOSE = "(origin = 'tool' OR project_id IS NULL)"
"""A document that only conversations hold: it goes with the last of them."""

DOCUMENTS = f"""
DROP TABLE conversation_documents;
CREATE TABLE conversation_documents (
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    document_id TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    message_id TEXT NOT NULL,
    PRIMARY KEY (conversation_id, document_id, message_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX conversations_of_documents ON conversation_documents (document_id);
CREATE INDEX documents_by_content ON documents (sha256) WHERE origin = 'tool';

CREATE TABLE removed_documents (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TRIGGER documents_removed AFTER DELETE ON documents BEGIN
    INSERT OR IGNORE INTO removed_documents (id) VALUES (old.id);
END;
CREATE TRIGGER documents_left_alone AFTER DELETE ON conversation_documents BEGIN
    DELETE FROM documents WHERE id = old.document_id AND {LOOSE} AND NOT EXISTS (
        SELECT 1 FROM conversation_documents WHERE document_id = old.document_id
    );
END;

ALTER TABLE documents DROP COLUMN text;
CREATE TABLE document_texts (
    pk INTEGER PRIMARY KEY,
    document_id TEXT NOT NULL UNIQUE REFERENCES documents (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    text TEXT
) STRICT;
CREATE VIRTUAL TABLE documents_fts USING fts5 (
    name, text, content='document_texts', content_rowid='pk', tokenize='unicode61 remove_diacritics 2'
);
CREATE TRIGGER documents_text_added AFTER INSERT ON document_texts BEGIN
    INSERT INTO documents_fts (rowid, name, text) VALUES (new.pk, new.name, new.text);
END;
CREATE TRIGGER documents_text_removed AFTER DELETE ON document_texts BEGIN
    INSERT INTO documents_fts (documents_fts, rowid, name, text) VALUES ('delete', old.pk, old.name, old.text);
END;
"""

ENTITIES = """
DROP INDEX entities_by_time;
CREATE INDEX entities_by_type_and_time ON entities (entity_type, updated_at DESC, pk DESC);
"""

TASKS = """
ALTER TABLE tasks ADD COLUMN run_message_id TEXT;
CREATE INDEX tasks_by_run ON tasks (run_message_id) WHERE run_message_id IS NOT NULL;
"""

UPKEEP = """
CREATE TABLE upkeep (
    pk INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    is_problem INTEGER NOT NULL,
    note TEXT NOT NULL
) STRICT;
"""

THIRD = DOCUMENTS + ENTITIES + TASKS + UPKEEP
