"""The whole URL table, on one page."""

from __future__ import annotations

import logging
from typing import Any

from tornado.web import Application, RequestHandler

from daemon.handlers.base import NotFoundHandler
from daemon.handlers.health import HealthHandler
from daemon.openapi import document
from daemon.routing import Addresses, AddressRouter, Handler, handler_of
from daemon.services import Services

logger = logging.getLogger(__name__)

CHAT = "/api/chat"
ONE = CHAT + "/conversations/{conversation}"

ROUTES: tuple[tuple[str, Handler], ...] = (
    ("/", "page:PageHandler"),
    ("/inbox", "page:PageHandler"),
    ("/conversations/{conversation}", "page:PageHandler"),
    ("/conversations/{conversation}/files/{path*}", "page:PageHandler"),
    ("/projects/{project}", "page:PageHandler"),
    ("/tasks", "page:PageHandler"),
    ("/tasks/{task}", "page:PageHandler"),
    ("/documents", "page:PageHandler"),
    ("/documents/{document}", "page:PageHandler"),
    ("/settings", "page:PageHandler"),
    ("/settings/{section}", "page:PageHandler"),
    ("/web/{version}/{path*}", "page:PageFileHandler"),
    ("/healthz", HealthHandler),
    ("/metrics", "metrics:MetricsHandler"),
    ("/sign-in", "access:SignInHandler"),
    ("/api/session/links", "access:LinksHandler"),
    ("/api/openapi.json", "access:OpenApiHandler"),
    ("/api/events", "events:EventsHandler"),
    ("/api/events/socket", "sockets:EventsSocketHandler"),
    (CHAT + "/conversations", "conversations:ConversationsHandler"),
    (ONE, "conversations:ConversationHandler"),
    (ONE + "/read", "conversations:ReadHandler"),
    (ONE + "/messages", "messages:MessagesHandler"),
    (ONE + "/messages/{message}", "branches:MessageHandler"),
    (ONE + "/messages/{message}/retry", "branches:RetryHandler"),
    (ONE + "/find", "finding:FindHandler"),
    (ONE + "/branches", "branches:BranchesHandler"),
    (ONE + "/fork", "branches:ForkHandler"),
    (ONE + "/export", "export:ExportHandler"),
    (ONE + "/context", "context:ContextHandler"),
    (ONE + "/compact", "context:CompactHandler"),
    (ONE + "/files", "files:WorkingFileHandler"),
    (ONE + "/stream", "messages:StreamHandler"),
    (ONE + "/socket", "sockets:ConversationSocketHandler"),
    (ONE + "/cancel", "messages:CancelHandler"),
    (ONE + "/respond", "respond:RespondHandler"),
    (ONE + "/queue", "messages:QueueHandler"),
    (ONE + "/queue/{message}", "messages:QueuedHandler"),
    (CHAT + "/models", "catalogue:ModelsHandler"),
    (CHAT + "/suggested-prompts", "catalogue:SuggestedPromptsHandler"),
    (CHAT + "/entities/search", "entities:EntitySearchHandler"),
    (CHAT + "/search", "catalogue:SearchHandler"),
    ("/api/runtimes", "catalogue:RuntimesHandler"),
    ("/api/runtimes/probes", "catalogue:ProbesHandler"),
    ("/api/mcp/servers", "mcp:McpServersHandler"),
    ("/api/mcp/approvals", "mcp:McpApprovalsHandler"),
    ("/api/providers/{provider}/key", "providers:ProviderKeyHandler"),
    ("/api/permissions", "permissions:RulesHandler"),
    ("/api/permissions/test", "permissions:RuleTestHandler"),
    ("/api/permissions/pending", "permissions:PendingHandler"),
    ("/api/permissions/{rule}", "permissions:RuleHandler"),
    ("/api/projects", "projects:ProjectsHandler"),
    ("/api/projects/{project}", "projects:ProjectHandler"),
    ("/api/projects/{project}/environment", "environment:EnvironmentHandler"),
    ("/api/projects/{project}/environment/scan", "environment:ScanHandler"),
    ("/api/tasks", "tasks:TasksHandler"),
    ("/api/tasks/{task}", "tasks:TaskHandler"),
    ("/api/tasks/{task}/run", "tasks:RunHandler"),
    ("/api/documents", "documents:DocumentsHandler"),
    ("/api/documents/{document}", "documents:DocumentHandler"),
    ("/api/documents/{document}/file", "document_files:DocumentFileHandler"),
    ("/api/documents/{document}/thumbnail", "document_files:DocumentThumbnailHandler"),
    ("/api/documents/{document}/text", "documents:DocumentTextHandler"),
    ("/api/imports", "imports:ImportsHandler"),
    ("/api/imports/sources", "imports:ImportSourcesHandler"),
    ("/api/imports/{import}", "imports:ImportHandler"),
    ("/api/settings", "settings:SettingsHandler"),
    ("/api/about", "about:AboutHandler"),
    ("/api/service", "service:ServiceHandler"),
    ("/api/shutdown", "shutdown:ShutdownHandler"),
    ("/api/usage", "usage:UsageHandler"),
)


def api_document(version: str) -> dict[str, Any]:
    """The OpenAPI document of the table. Imports all handlers."""
    return document([(path, handler_of(handler)) for path, handler in ROUTES], version)


def make_app(services: Services) -> AddressRouter:
    """What takes the requests."""
    application = Application(log_function=_log_request, compress_response=False)
    return AddressRouter(application, Addresses(ROUTES), {"services": services}, NotFoundHandler)


def _log_request(handler: RequestHandler) -> None:
    """Without the query, which may hold what a person searches for."""
    request = handler.request
    took_ms = 1000 * request.request_time()
    logger.debug("%s %s: %d in %.1f ms", request.method, request.path, handler.get_status(), took_ms)
