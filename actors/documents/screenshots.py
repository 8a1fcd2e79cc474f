"""Screenshots: images that tools return become documents, which people can look at and models can take."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from actors.documents.keeper import DocumentKeeper, ImageUse, UnreadableImageError
from actors.events import ScreenshotEvent
from actors.tools.base import Image, Text, ToolResult
from actors.tools.text_format import image_type
from storage.errors import StorageError

if TYPE_CHECKING:
    from actors.notices import ToolRequested, TurnRequest

logger = logging.getLogger(__name__)


class Screenshot(msgspec.Struct, frozen=True):
    """An image that a tool returned, as a document."""

    document_id: str
    width: int
    height: int

    def event(self, turn_id: str, message_id: str, tool_call_id: str) -> ScreenshotEvent:
        """The event that shows it."""
        return ScreenshotEvent(
            turn_id=turn_id,
            message_id=message_id,
            tool_call_id=tool_call_id,
            document_id=self.document_id,
            thumbnail_url=thumbnail_url(self.document_id),
            original_url=original_url(self.document_id),
            width=self.width,
            height=self.height,
        )

    def kept(self, tool_call_id: str) -> dict[str, Any]:
        """What the answer's row keeps of it: the fields of the event."""
        return {
            "toolCallId": tool_call_id,
            "documentId": self.document_id,
            "thumbnailUrl": thumbnail_url(self.document_id),
            "originalUrl": original_url(self.document_id),
            "width": self.width,
            "height": self.height,
        }


class Screenshots:
    """Keeps the images of one turn's tools.

    Args:
        keeper: where they are kept.
        request: the turn.
        say: tells the people who follow the turn something.
    """

    def __init__(self, keeper: DocumentKeeper, request: TurnRequest, say: Callable[[str], None]) -> None:
        self._keeper = keeper
        self._request = request
        self._say = say

    async def keep(
        self, asked: ToolRequested, result: ToolResult
    ) -> tuple[ToolResult, tuple[Screenshot, ...]]:
        """The result as models take it, and its images. What is no image becomes a text that says so."""
        if not any(isinstance(item, Image) for item in result.content):
            return result, ()
        content: list[Text | Image] = []
        shots: list[Screenshot] = []
        for item in result.content:
            if not isinstance(item, Image):
                content.append(item)
                continue
            try:
                document = await self._keeper.keep_image(item.data, self._use(asked, item))
                data = await self._keeper.view(document)
            except UnreadableImageError as error:
                content.append(Text(f"[An image that cannot be shown. {error}]"))
            except StorageError as error:
                logger.warning("an image of a tool is not kept: %s", error)
                self._say(f"An image is not kept. {error}")
                content.append(item)
            else:
                content.append(Image(image_type(data) or item.media_type, data))
                shots.append(Screenshot(document.id, document.width or 0, document.height or 0))
        return replace(result, content=tuple(content)), tuple(shots)

    def _use(self, asked: ToolRequested, image: Image) -> ImageUse:
        paths = asked.subject.paths
        kind = image.media_type.partition("/")[2].partition("+")[0]
        return ImageUse(
            name=paths[0].name if paths else f"{asked.tool_name}.{kind}",
            conversation_id=self._request.conversation.id,
            message_id=self._request.assistant_message_id,
            project_id=self._request.conversation.project_id,
        )


def original_url(document_id: str) -> str:
    """Where the API gives the file of a document."""
    return f"/api/documents/{document_id}/file"


def thumbnail_url(document_id: str) -> str:
    """Where the API gives the thumbnail of an image."""
    return f"/api/documents/{document_id}/thumbnail"
