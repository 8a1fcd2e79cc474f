"""The tables of documents, as peewee sees them."""

from __future__ import annotations

from peewee import AutoField, BigIntegerField, CompositeKey, IntegerField, TextField

from storage.table_base import Table


class DocumentTable(Table):
    """Documents."""

    pk = AutoField()
    id = TextField(unique=True)
    name = TextField()
    media_type = TextField()
    size_bytes = BigIntegerField()
    sha256 = TextField()
    origin = TextField()
    project_id = TextField(null=True)
    state = TextField()
    problem = TextField(null=True)
    width = IntegerField(null=True)
    height = IntegerField(null=True)
    created_at = BigIntegerField()
    updated_at = BigIntegerField()

    class Meta:
        table_name = "documents"


class DocumentTextTable(Table):
    """The texts of documents, apart from their rows: a list must not read past them."""

    pk = AutoField()
    document_id = TextField(unique=True)
    name = TextField()
    text = TextField(null=True)

    class Meta:
        table_name = "document_texts"


class ConversationDocumentTable(Table):
    """Which conversations use which documents."""

    conversation_id = TextField()
    document_id = TextField()
    message_id = TextField()

    class Meta:
        table_name = "conversation_documents"
        primary_key = CompositeKey("conversation_id", "document_id", "message_id")


class RemovedDocumentTable(Table):
    """Documents that are gone while their files may still be there."""

    id = TextField(primary_key=True)

    class Meta:
        table_name = "removed_documents"
