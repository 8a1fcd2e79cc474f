"""The way a browser gets in: a link that works once and leaves a cookie."""

from __future__ import annotations

import asyncio

from daemon import schemas
from daemon.credential import LINK_LIFETIME_S, SESSION_LIFETIME_S
from daemon.handlers.base import ApiHandler
from daemon.handlers.page import DocumentHandler
from daemon.operations import operation
from daemon.security import COOKIE

SIGNED_IN = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>stagent</title>
<meta http-equiv="refresh" content="0;url=/"></head>
<body><p><a href="/">Continue to stagent</a></p></body></html>
"""


class LinksHandler(ApiHandler):
    """`/api/session/links`."""

    @operation("Make a one-time link for a browser", answers={201: schemas.Link})
    async def post(self) -> None:
        """A link that opens the page, once, within two minutes. The page's files are read meanwhile."""
        asyncio.get_running_loop().run_in_executor(None, self.services.page_files.current)
        code = self.services.gatekeeper.new_link_code()
        url = f"{self.services.url}/sign-in?code={code}"
        self.answer(schemas.Link(url=url, expires_in_seconds=int(LINK_LIFETIME_S)), status=201)


class SignInHandler(DocumentHandler):
    """`/sign-in`."""

    @operation(
        "Exchange a one-time link for a session",
        query=schemas.SignInQuery,
        answers={200: None, 302: None, 403: None},
        errors=(400,),
        media_type="text/html",
        is_public=True,
    )
    async def get(self, query: schemas.SignInQuery) -> None:
        """Sets the cookie and goes on to the chat.

        A strict cookie comes along only from an address that no other page has led to. Where the browser does not say
        that it is so, a page follows, which goes on from here.
        """
        self.services.gate.check_user(self.request)
        if not self.services.gatekeeper.take_link_code(query.code):
            await self.answer_sign_in("link-over.html", 403)
            return
        self.set_cookie(
            COOKIE,
            self.services.gatekeeper.new_session(),
            httponly=True,
            samesite="Strict",
            path="/",
            max_age=SESSION_LIFETIME_S,
        )
        if self.request.headers.get("Sec-Fetch-Site") == "none":
            self.redirect("/")
            return
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Content-Security-Policy", "default-src 'none'")
        self.finish(SIGNED_IN)


class OpenApiHandler(ApiHandler):
    """`/api/openapi.json`."""

    @operation("Describe the API", answers={200: dict})
    async def get(self) -> None:
        """This document."""
        self.answer(await asyncio.to_thread(self.services.api_document))
