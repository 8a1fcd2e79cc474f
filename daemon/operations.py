"""What an endpoint takes and gives, said once: it validates the request and it makes the OpenAPI document."""

from __future__ import annotations

import functools
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, TypeVar

import msgspec

from daemon.errors import ApiError, invalid

MAX_DETAILS = 20
T = TypeVar("T")
Method = Callable[..., Coroutine[Any, Any, None]]


class Form(msgspec.Struct, frozen=True):
    """A `multipart/form-data` body; `kind` describes it, and the handler takes it apart itself."""

    kind: type


class Operation(msgspec.Struct, frozen=True):
    """The description of one method of one endpoint.

    Attributes:
        body: type of the JSON body, or a `Form`; None where there is none.
        query: type of the query parameters.
        answers: type of the body by status; None for no body.
        errors: statuses that it may answer with, besides 401, 403, 405, 415, 500 and 503.
        media_type: of the successful answer.
        is_public: needs no credential.
        needs_body: whether the body may be left out; then it counts as `{}`.
    """

    summary: str
    body: Any = None
    query: Any = None
    answers: Mapping[int, Any] = msgspec.field(default_factory=dict)
    errors: tuple[int, ...] = ()
    media_type: str = "application/json"
    is_public: bool = False
    needs_body: bool = True


def operation(
    summary: str,
    *,
    body: Any = None,
    query: Any = None,
    answers: Mapping[int, Any] | None = None,
    errors: tuple[int, ...] = (),
    media_type: str = "application/json",
    is_public: bool = False,
    needs_body: bool = True,
) -> Callable[[Method], Method]:
    """Describes a handler's method; it is called with the validated `query` and `body`."""
    described = Operation(summary, body, query, answers or {}, errors, media_type, is_public, needs_body)

    def decorate(method: Method) -> Method:
        @functools.wraps(method)
        async def handle(self: Any, *path: str) -> None:
            given: dict[str, Any] = {}
            if query is not None:
                given["query"] = read_query(self.request.query_arguments, query)
            if body is not None and not isinstance(body, Form):
                raw = self.checked_body()
                given["body"] = read_body(raw if raw or needs_body else b"{}", body)
            await method(self, *path, **given)

        handle.operation = described  # type: ignore[attr-defined]
        return handle

    return decorate


def read_body(raw: bytes, kind: type[T]) -> T:
    """The validated JSON body.

    Raises:
        ApiError: 400; it names each wrong field.
    """
    if not raw:
        raise invalid("The request needs a JSON body.", "missing_body")
    try:
        values = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise invalid(_syntax_message(error), "invalid_json") from error
    if not isinstance(values, dict):
        raise invalid("The body must be a JSON object.")
    _refuse_nul(values)
    return _convert(values, kind, strict=True)


def read_query(arguments: Mapping[str, list[bytes]], kind: type[T]) -> T:
    """The validated query parameters.

    Raises:
        ApiError: 400; it names each wrong parameter.
    """
    values: dict[str, str] = {}
    for name, given in arguments.items():
        if len(given) > 1:
            raise invalid(f"The parameter {name!r} was given more than once.")
        try:
            values[name] = given[0].decode()
        except UnicodeDecodeError as error:
            raise invalid(f"The parameter {name!r} is not valid UTF-8.") from error
    _refuse_nul(values)
    return _convert(values, kind, strict=False)


def _convert(values: dict[str, Any], kind: type[T], *, strict: bool) -> T:
    try:
        return msgspec.convert(values, kind, strict=strict)
    except msgspec.ValidationError as error:
        details = _wrong_fields(values, kind, strict=strict)
        first = details[0] if details else {"field": "", "error": str(error)}
        where = f"{first['field']}: " if first["field"] else ""
        raise ApiError(
            400,
            "invalid_request",
            f"The request is not valid. {where}{first['error']}.",
            details=details if len(details) > 1 else None,
        ) from error


def _wrong_fields(values: dict[str, Any], kind: Any, *, strict: bool) -> list[dict[str, str]]:
    """What is wrong with each field: the decoder itself stops at the first."""
    wrong: list[dict[str, str]] = []
    for one in msgspec.structs.fields(kind):
        if one.encode_name in values:
            try:
                msgspec.convert(values[one.encode_name], one.type, strict=strict)
            except msgspec.ValidationError as error:
                wrong.append({"field": one.encode_name, "error": str(error)})
        elif one.required:
            wrong.append({"field": one.encode_name, "error": "This field is required"})
    return wrong[:MAX_DETAILS]


def _refuse_nul(value: Any) -> None:
    """NUL has no meaning in any text here, and ends texts in other programs."""
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, str) and "\0" in item:
            raise invalid("The request holds a NUL character; remove it.", "nul_character")
        if isinstance(item, dict):
            stack.extend(item)
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)


def _syntax_message(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "The body is nested too deeply."
    if isinstance(error, UnicodeDecodeError):
        return "The body is not valid UTF-8."
    return f"The body is not valid JSON: {error} (lone surrogates, NaN and Infinity are not JSON either)."
