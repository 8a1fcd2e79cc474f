"""The chat page: its files, and the same document at each of its addresses. The page itself looks at the address."""

from __future__ import annotations

import asyncio

from daemon.errors import ApiError
from daemon.handlers.base import ApiHandler
from daemon.page_files import Page, PageFile

POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; object-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types stagent"
)
"""No script, style or picture from elsewhere and none within the document; HTML only by way of one function."""

IMMUTABLE = "private, max-age=31536000, immutable"
REVALIDATED = "private, no-cache"

PUBLIC_FILES = frozenset({"css/tokens.css", "css/sign-in.css"})
"""What the sign-in page looks like may be seen by everybody."""


class DocumentHandler(ApiHandler):
    """Base of what answers with a file of the page."""

    async def page(self) -> Page:
        """The files as they are now."""
        return await asyncio.to_thread(self.services.page_files.current)

    def answer_file(self, file: PageFile, *, caching: str) -> None:
        """Answers with a file, or with 304 where the browser has it."""
        self.set_header("Content-Type", file.content_type)
        self.set_header("Cache-Control", caching)
        self.set_header("Content-Security-Policy", POLICY)
        self.set_header("Etag", file.etag)
        if self.check_etag_header():
            self.set_status(304)
            self.finish()
            return
        self.finish(file.body)

    async def answer_sign_in(self, name: str, status: int) -> None:
        """Answers with a page that tells how to get in."""
        file = (await self.page()).files[name]
        self.set_status(status)
        self.set_header("Content-Type", file.content_type)
        self.set_header("Content-Security-Policy", POLICY)
        self.finish(file.body)


class PageHandler(DocumentHandler):
    """Every address that a person can visit."""

    def prepare(self) -> None:
        """A browser that is not signed in gets a page that says how; programs get the error."""
        try:
            self.admit()
        except ApiError as refusal:
            super().prepare()
            if refusal.status == 401 and "text/html" in self.request.headers.get("Accept", ""):
                # As in `ApiHandler.prepare`: an answer from here might break the connection.
                setattr(self, "get", self._ask_to_sign_in)  # noqa: B010  (mypy knows `get` as a method)

    async def _ask_to_sign_in(self, *_path: str) -> None:
        await self.answer_sign_in("sign-in.html", 401)

    async def get(self, *_path: str) -> None:
        """The page."""
        self.answer_file((await self.page()).files["index.html"], caching=REVALIDATED)


class PageFileHandler(DocumentHandler):
    """`/web/{version}/{path}`."""

    def is_public(self) -> bool:
        """Whether the file may be seen without a credential."""
        return self.request.method == "GET" and self.path_args[-1] in PUBLIC_FILES

    async def get(self, version: str, path: str) -> None:
        """A file, kept by the browser for ever where the address has the right version."""
        page = self.services.page_files.known(version) or await self.page()
        file = page.files.get(path)
        if file is None or path.endswith(".html"):
            raise ApiError(404, "not_found", "There is nothing at this address.")
        self.answer_file(file, caching=IMMUTABLE if version == page.version else REVALIDATED)
