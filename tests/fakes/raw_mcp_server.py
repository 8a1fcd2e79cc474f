"""An MCP server of the older protocol without the SDK: it can misbehave in ways that the SDK would not allow.

`python raw_mcp_server.py KIND`; the kinds are the functions of `KINDS`.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

Message = dict[str, Any]


def write(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def say(message: Message) -> None:
    write(json.dumps({"jsonrpc": "2.0", **message}))


def messages() -> Iterator[Message]:
    for line in sys.stdin:
        yield json.loads(line)


def tool(name: str, schema: Any = None, **more: Any) -> Message:
    return {
        "name": name,
        "description": f"The tool {name}.",
        "inputSchema": schema or {"type": "object"},
        **more,
    }


def serve(tools: list[Message], call: Callable[[Message], None]) -> None:
    """Greets, lists tools and hands calls on."""
    for message in messages():
        method = message.get("method")
        if method == "initialize":
            result: Message = {
                "protocolVersion": "2025-06-18",
                "capabilities": {"tools": {"listChanged": True}},
                "serverInfo": {"name": "raw", "version": "1"},
            }
            say({"id": message["id"], "result": result})
        elif method == "tools/list":
            say({"id": message["id"], "result": {"tools": tools}})
        elif method == "tools/call":
            call(message)
        elif "id" in message and method is not None:
            say({"id": message["id"], "error": {"code": -32601, "message": "Method not found"}})


def text(message: Message, words: str) -> None:
    say({"id": message["id"], "result": {"content": [{"type": "text", "text": words}]}})


def many() -> None:
    """Has 500 tools."""
    serve([tool(f"tool_{number}") for number in range(500)], lambda message: text(message, "called"))


def liar() -> None:
    """Says what is not so, in schemas and results."""
    circle = {
        "type": "object",
        "properties": {"again": {"$ref": "#"}, "text": {"type": "string", "pattern": "(a+)+$"}},
    }
    wrong_output = {"outputSchema": {"type": "object", "required": ["never"], "properties": {"never": {}}}}
    tools = [
        tool("circle", circle, annotations={"readOnlyHint": True}),
        tool("strange", {"type": "object", "properties": {"a field\n": {}}}),
        tool("huge", {"type": "object", "properties": {f"p{n}": {} for n in range(5_000)}}),
        tool("output", **wrong_output),
        tool("garbled"),
    ]

    def call(message: Message) -> None:
        if message["params"]["name"] == "garbled":
            say({"id": message["id"], "result": {"content": "no list"}})
        else:
            text(message, json.dumps(message["params"]["arguments"]))

    serve(tools, call)


def wrong_list() -> None:
    """Describes a tool in a way that the protocol does not know."""
    serve([tool("hello"), tool("text", {"type": "string"})], lambda message: text(message, "hello"))


def asks_for_roots() -> None:
    """Asks the client for its folders when it is called, and tells them."""

    def call(message: Message) -> None:
        say({"id": "roots", "method": "roots/list"})
        answer = next(one for one in messages() if one.get("id") == "roots")
        text(message, json.dumps(answer["result"]))

    serve([tool("roots")], call)


def chatty() -> None:
    """Prints a greeting that is no message, then works."""
    write("Welcome to the raw server!\n")
    serve([tool("hello")], lambda message: text(message, "hello"))


def garbage() -> None:
    """Never says anything that is a message."""
    for number in range(100_000):
        write(f"garbage {number}")
    time.sleep(60)


def endless_line() -> None:
    """Sends one message that does not end."""
    while True:
        sys.stdout.write("x" * 65_536)


def floods() -> None:
    """Floods standard error all the time, and works."""
    import threading

    def flood() -> None:
        while True:
            sys.stderr.write("noise " * 10_000 + "\n")

    threading.Thread(target=flood, daemon=True).start()
    serve([tool("hello")], lambda message: text(message, "hello"))


def hangs() -> None:
    """Reads everything and answers nothing."""
    for _ in sys.stdin:
        pass


def deaf() -> None:
    """Greets, and then reads nothing any more."""
    serve([tool("hello")], lambda _: time.sleep(600))


KINDS = {
    one.__name__: one
    for one in (many, liar, wrong_list, asks_for_roots, chatty, garbage, endless_line, floods, hangs, deaf)
}

if __name__ == "__main__":
    KINDS[sys.argv[1]]()
