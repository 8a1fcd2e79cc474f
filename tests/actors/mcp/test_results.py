"""What servers return, as models get it."""

from __future__ import annotations

import base64

from mcp_types import (
    AudioContent,
    BlobResourceContents,
    CallToolResult,
    EmbeddedResource,
    ImageContent,
    ResourceLink,
    TextContent,
    TextResourceContents,
)

from actors.mcp.results import MAX_IMAGES, tool_result
from actors.tools.base import Image, Text
from tests.fakes.mcp_server import PIXEL

ENCODED = base64.b64encode(PIXEL).decode()


def test_a_long_text_is_cut_in_the_middle() -> None:
    text = tool_result(CallToolResult(content=[TextContent(text="a" * 50_000 + "end")])).text
    assert 30_000 < len(text) < 31_000
    assert "characters cut from the middle" in text
    assert text.endswith("end")


def test_the_type_of_an_image_is_what_it_is_and_not_what_is_said() -> None:
    result = tool_result(CallToolResult(content=[ImageContent(data=ENCODED, mime_type="image/jpeg")]))
    assert result.content == (Image("image/png", PIXEL),)


def test_images_have_a_bound() -> None:
    images = [ImageContent(data=ENCODED, mime_type="image/png")] * (MAX_IMAGES + 2)
    result = tool_result(CallToolResult(content=list(images)))
    assert sum(isinstance(block, Image) for block in result.content) == MAX_IMAGES
    assert result.text.count("An image was left out") == 2


def test_an_image_that_is_none_is_named() -> None:
    wrong = ImageContent(data="no base64!", mime_type="image/png")
    assert (
        tool_result(CallToolResult(content=[wrong])).text
        == "[An image was left out: it is not valid base64.]"
    )


def test_resources_and_sounds() -> None:
    result = tool_result(
        CallToolResult(
            content=[
                ResourceLink(uri="file:///a", name="a", description="About a"),
                EmbeddedResource(resource=TextResourceContents(uri="b://", text="text of b")),
                EmbeddedResource(resource=BlobResourceContents(uri="c://", blob=ENCODED)),
                EmbeddedResource(resource=BlobResourceContents(uri="d://", blob="AAAA", mime_type="app/x")),
                AudioContent(data="AAAA", mime_type="audio/wav"),
            ]
        )
    )
    text, image = result.content
    assert isinstance(text, Text)
    assert text.text.splitlines() == [
        "[a](file:///a): About a",
        "b://:",
        "text of b",
        "[d:// app/x of 3 bytes, which cannot be shown.]",
        "[Audio of type audio/wav, which cannot be shown.]",
    ]
    assert image == Image("image/png", PIXEL)


def test_structured_content_is_told_once() -> None:
    twice = CallToolResult(content=[TextContent(text='{"a": 1}')], structured_content={"a": 1})
    assert tool_result(twice).text == '{"a": 1}'
    wrapped = CallToolResult(content=[TextContent(text="five")], structured_content={"result": "five"})
    assert tool_result(wrapped).text == "five"
    alone = CallToolResult(content=[], structured_content={"a": 1})
    assert tool_result(alone).text == '{\n  "a": 1\n}'


def test_nothing_is_said_to_be_nothing() -> None:
    result = tool_result(CallToolResult(content=[], is_error=True))
    assert (result.text, result.is_error) == ("(no output)", True)
