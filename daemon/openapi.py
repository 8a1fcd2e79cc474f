"""The OpenAPI 3.1 document, made from the URL table and what its handlers say about themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from daemon.operations import Form, Operation
from daemon.schemas import Error

METHODS = ("get", "post", "put", "patch", "delete")
REF = "#/components/schemas/{name}"
COMMON_ERRORS = (403, 500, 503)

ERROR_TEXTS = {
    400: "The request is malformed or invalid.",
    401: "A credential is missing or not valid.",
    403: "Refused: the Host or the Origin is not ours.",
    404: "There is no such thing.",
    405: "The method is not possible here.",
    409: "It does not fit what is going on.",
    413: "The body is too large.",
    415: "The body has a type that is not taken.",
    500: "Something went wrong inside.",
    503: "The daemon is stopping.",
}


def document(routes: Iterable[tuple[str, type]], version: str) -> dict[str, Any]:
    """The document.

    Args:
        routes: address patterns with `{name}` for each part that varies, and their handlers.
        version: of the program.
    """
    operations = [
        (path, method, found)
        for path, handler in routes
        for method in METHODS
        if (found := getattr(getattr(handler, method, None), "operation", None)) is not None
    ]
    kinds = list(dict.fromkeys(_names(_kinds(one) for _, _, one in operations)))
    schemas, components = msgspec.json.schema_components(kinds, ref_template=REF)
    by_kind = {str(kind): schema for kind, schema in zip(kinds, schemas, strict=True)}
    paths: dict[str, dict[str, Any]] = {}
    for path, method, one in operations:
        paths.setdefault(path, {})[method] = _describe(path, method, one, by_kind)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "stagent",
            "version": version,
            "description": "Chat with coding agents about your own projects. Everything stays on this machine.",
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}, {"session": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "stagent_session"},
            },
        },
    }


def _names(groups: Iterable[list[Any]]) -> Iterable[Any]:
    yield Error
    for group in groups:
        yield from group


def _kinds(one: Operation) -> list[Any]:
    body = one.body.kind if isinstance(one.body, Form) else one.body
    kinds = [body, *one.answers.values()]
    return [kind for kind in kinds if kind is not None]


def _describe(path: str, method: str, one: Operation, by_kind: Mapping[str, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "summary": one.summary,
        "operationId": _operation_id(path, method),
        "responses": _responses(one, by_kind),
    }
    parameters = [*_path_parameters(path), *_query_parameters(one.query)]
    if parameters:
        described["parameters"] = parameters
    if one.body is not None:
        is_form = isinstance(one.body, Form)
        media_type = "multipart/form-data" if is_form else "application/json"
        content = {media_type: {"schema": by_kind[str(_kinds(one)[0])]}}
        described["requestBody"] = {"required": one.needs_body, "content": content}
    if one.is_public:
        described["security"] = []
    return described


def _responses(one: Operation, by_kind: Mapping[str, Any]) -> dict[str, Any]:
    responses = {str(status): _answer(one, kind, by_kind) for status, kind in one.answers.items()}
    for status in _errors(one):
        error = _error(status, by_kind)
        page = responses.get(str(status), {})
        responses[str(status)] = {**page, **error, "content": {**page.get("content", {}), **error["content"]}}
    return responses


def _errors(one: Operation) -> list[int]:
    found = {*one.errors, *COMMON_ERRORS}
    if not one.is_public:
        found.add(401)
    found.add(415)  # a body that nobody asked for is checked too
    return sorted(found)


def _answer(one: Operation, kind: Any, by_kind: Mapping[str, Any]) -> dict[str, Any]:
    if one.media_type != "application/json":
        return {"description": "Done.", "content": {one.media_type: {"schema": {"type": "string"}}}}
    if kind is None:
        return {"description": "Done."}
    answer: dict[str, Any] = {
        "description": "Done.",
        "content": {"application/json": {"schema": by_kind[str(kind)]}},
    }
    if str(kind).startswith("list["):
        answer["headers"] = {
            "Link": {"description": "The next page, if there is one.", "schema": {"type": "string"}}
        }
    return answer


def _error(status: int, by_kind: Mapping[str, Any]) -> dict[str, Any]:
    content = {"application/json": {"schema": by_kind[str(Error)]}}
    return {"description": ERROR_TEXTS[status], "content": content}


def _path_parameters(path: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in re.findall(r"\{(\w+)\}", path)
    ]


def _query_parameters(query: Any) -> list[dict[str, Any]]:
    if query is None:
        return []
    schema = msgspec.json.schema_components([query], ref_template=REF)[1][query.__name__]
    required = schema.get("required", [])
    return [
        {
            "name": name,
            "in": "query",
            "required": name in required,
            "schema": _without_null(field),
            **({"description": field["description"]} if "description" in field else {}),
        }
        for name, field in schema["properties"].items()
    ]


def _without_null(field: dict[str, Any]) -> dict[str, Any]:
    """A parameter is there or not; it is never null."""
    field = {name: value for name, value in field.items() if not (name == "default" and value is None)}
    if "anyOf" in field:
        options = [option for option in field["anyOf"] if option.get("type") != "null"]
        rest = {name: value for name, value in field.items() if name != "anyOf"}
        return {**options[0], **rest} if len(options) == 1 else {**rest, "anyOf": options}
    if isinstance(field.get("enum"), list):
        field = {**field, "enum": [value for value in field["enum"] if value is not None]}
    return field


def _operation_id(path: str, method: str) -> str:
    words = [word for word in re.split(r"[^a-zA-Z0-9]+", path) if word and word != "api"]
    return method + "".join(word.capitalize() for word in words)
