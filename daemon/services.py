"""What the handlers work with: one value, made at start and handed to each of them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any

import msgspec

from actors import messages as told
from actors.measures import Measures
from actors.options import Options
from actors.pricing import Price
from actors.system import Actors
from daemon.credential import Gatekeeper
from daemon.feed import ConversationFeed
from daemon.hub import EventHub
from daemon.idleness import IdleWatch
from daemon.logs.setup import Logs
from daemon.page_files import PageFiles
from daemon.rendering.answers import RenderedAnswers
from daemon.rendering.views import LiveAnswers
from daemon.security import Gate
from daemon.settings import ModelPrice, Settings
from storage.database import Database
from storage.paths import DataDir


class SettingsHolder(msgspec.Struct):
    """The settings in force; replaced as a whole, on the loop alone."""

    current: Settings


class Services(msgspec.Struct, frozen=True):
    """What there is.

    Attributes:
        version: of the program.
        database: for short reads on the loop.
        searcher: where reads go that may take longer.
        is_stopping: whether the daemon is on its way out.
        stop: sends it on its way.
        idle: knows whether it is used.
    """

    version: str
    data_dir: DataDir
    database: Database
    searcher: Executor
    actors: Actors
    hub: EventHub
    feed: ConversationFeed
    rendered: RenderedAnswers
    live_answers: LiveAnswers
    gate: Gate
    gatekeeper: Gatekeeper
    settings: SettingsHolder
    is_stopping: Callable[[], bool]
    stop: Callable[[], None]
    idle: IdleWatch
    logs: Logs
    measures: Measures
    url: str
    page_files: PageFiles
    api_document: Callable[[], dict[str, Any]]

    async def delete_conversation(self, conversation_id: str) -> None:
        """Removes a conversation, and tells those who follow it. The files of its documents are left for later.

        Raises:
            ConversationNotFoundError: there is none.
            StorageError: it is still there.
        """
        await self.actors.ask_conversation(conversation_id, told.DeleteConversation())
        self.hub.drop_all(conversation_id, "conversation_deleted")

    async def apply(self, changed: Settings) -> None:
        """Puts settings in force; they hold from the next turn."""
        self.settings.current = changed
        self.logs.set_level(changed.log_level)
        options = options_of(changed, self.data_dir)
        await self.actors.ask(told.OptionsChanged(options))
        await self.actors.on_agents(self.actors.models.forget())
        await self.actors.on_agents(self.actors.mcp.stop_unlisted(options))


def options_of(settings: Settings, data_dir: DataDir) -> Options:
    """The part of the settings that agents go by."""
    return Options(
        data_dir=data_dir,
        permission_timeout_s=settings.permission_timeout_seconds,
        model_ids=settings.model_ids,
        default_models=settings.default_models,
        openai_compatible_url=settings.openai_compatible_url,
        max_output_tokens=settings.max_output_tokens,
        max_steps=settings.max_steps,
        silence_timeout_s=settings.silence_timeout_seconds,
        max_retries=settings.max_retries,
        idle_timeout_s=settings.idle_timeout_seconds,
        daily_budget_usd=settings.daily_budget_usd,
        monthly_budget_usd=settings.monthly_budget_usd,
        mcp_servers=settings.mcp_servers,
        mcp_start_timeout_s=settings.mcp_start_timeout_seconds,
        mcp_call_timeout_s=settings.mcp_call_timeout_seconds,
        mcp_idle_s=settings.mcp_idle_seconds,
        prices={model_id: _price(given) for model_id, given in settings.model_prices.items()},
        system_tokens=settings.system_tokens,
        project_tokens=settings.project_tokens,
        mention_tokens=settings.mention_tokens,
        context_windows=settings.context_windows,
    )


def _price(given: ModelPrice) -> Price:
    return Price(
        given.input,
        given.output,
        given.input if given.cache_read is None else given.cache_read,
        given.input if given.cache_write is None else given.cache_write,
    )
