"""The fourth form of the database: what became of a conversation's last turn, and whether a person has seen it."""

from __future__ import annotations

OUTCOMES = """
ALTER TABLE conversations ADD COLUMN last_outcome TEXT;
ALTER TABLE conversations ADD COLUMN is_unread INTEGER NOT NULL DEFAULT 0;
UPDATE conversations SET last_outcome = (
    SELECT status FROM turns WHERE conversation_id = conversations.id AND status <> 'running'
    ORDER BY id DESC LIMIT 1
);
"""

FOURTH = OUTCOMES
