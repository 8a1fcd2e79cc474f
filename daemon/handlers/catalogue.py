"""What can be chosen and tried: models, runtimes, prompts to start with, messages to find."""

from __future__ import annotations

import functools

from actors.environment.scans import known_facts
from actors.models import OFFLINE
from actors.probing import PATIENT_S, probe_all
from daemon import mcp_presenters, presenters, schemas
from daemon.handlers.base import ApiHandler
from daemon.handlers.mcp import reports
from daemon.operations import operation
from daemon.probe_presenter import probe_of
from daemon.suggestions import MAX_PROJECTS, Store, suggest
from storage import conversations, documents, projects, search, tasks

RECENT = 10


class ModelsHandler(ApiHandler):
    """`/api/chat/models`."""

    @operation("List the models", query=schemas.ModelQuery, answers={200: list[schemas.Model]}, errors=(400,))
    async def get(self, query: schemas.ModelQuery) -> None:
        """The table, merged with what the connected providers list."""
        found = await self.services.actors.on_agents(self.services.actors.models.get())
        models = [model for model in found.models if model is not OFFLINE]
        if query.all or not any(model.is_available for model in models):
            models.append(OFFLINE)
        self.answer([presenters.model(model) for model in models])


class RuntimesHandler(ApiHandler):
    """`/api/runtimes`."""

    @operation("List the runtimes", answers={200: list[schemas.Runtime]})
    async def get(self) -> None:
        """Which there are, and why one cannot be used."""
        catalog = self.services.actors.models
        found = await self.services.actors.on_agents(catalog.get(refresh=True))
        default = presenters.default_runtime(found, self.services.settings.current.default_runtime_id)
        servers = [mcp_presenters.server_state(one) for one in await reports(self.services)]
        self.answer(
            [presenters.runtime(one, found.statuses[one], default, servers) for one in found.statuses]
        )


class ProbesHandler(ApiHandler):
    """`/api/runtimes/probes`."""

    @operation("Ask all providers for real", answers={200: list[schemas.RuntimeProbe]})
    async def get(self) -> None:
        """Whether each can be used and answers, and how long it takes."""
        agents = self.services.actors.agents
        answers = await self.services.actors.on_agents(probe_all(agents.runtimes, PATIENT_S))
        self.answer([probe_of(one) for one in answers])


class SuggestedPromptsHandler(ApiHandler):
    """`/api/chat/suggested-prompts`."""

    @operation("Suggest prompts to start with", answers={200: list[schemas.PromptCategory]})
    async def get(self) -> None:
        """Prompts about what is in the store, by category."""
        database = self.services.database
        recent = projects.page(database, limit=MAX_PROJECTS, status="active")
        facts = {one.id: known_facts(database, one.id) for one in recent}
        store = Store(
            projects=recent,
            tasks=tasks.page(database, limit=RECENT),
            documents=documents.page(database, limit=RECENT),
            conversations=conversations.records(conversations.page(database, limit=RECENT, status="active")),
            facts={project_id: found for project_id, found in facts.items() if found is not None},
        )
        self.answer(suggest(store))


class SearchHandler(ApiHandler):
    """`/api/chat/search`."""

    @operation(
        "Search messages",
        query=schemas.SearchQuery,
        answers={200: list[schemas.SearchHit]},
        errors=(400,),
    )
    async def get(self, query: schemas.SearchQuery) -> None:
        """Messages that hold all the words: the best first, of very many the newest."""
        find = functools.partial(search.messages, self.services.database, query.q, query.limit)
        self.answer([presenters.hit(found) for found in await self.in_searcher(find)])
