"""JSON as systems send it, read strictly: what two readers could understand in two ways is no update of ours."""

import json
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, Never

from fastapi import Request, Response
from fastapi.routing import APIRoute

from casestatus.errors import N_, SAID_OF_A_FIELD, FieldProblem, Unprocessable
from casestatus.web.errors import BodyRefused

DEEPEST = 8  # levels; no body of ours has more than four, and thousands of them cost a reader its stack
TWICE = N_("Este campo está dos veces. Déjalo una sola vez.")
UNREADABLE = SAID_OF_A_FIELD["json_invalid"]


class JsonRoute(APIRoute):
    """A route whose JSON body is read by `read_json`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's own handler, given our request."""
        handle = super().get_route_handler()

        async def handle_strictly(request: Request) -> Response:
            return await handle(_StrictRequest(request.scope, request.receive))

        return handle_strictly


class _StrictRequest(Request):
    async def json(self) -> Any:
        return read_json(await self.body())


def read_json(body: bytes) -> Any:
    """`body` as RFC 8259 asks: UTF-8, each name once, no NaN. Raises BodyRefused (422), which names the field."""
    try:
        content = json.loads(body.decode("utf-8-sig"), object_pairs_hook=_each_name_once, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise _refused("body", UNREADABLE) from None
    if not _is_shallow(content, DEEPEST):
        raise _refused("body", UNREADABLE)
    return content


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    "".join(names).encode()  # a lone surrogate is a ValueError here, and could not be named in an answer
    if len(set(names)) < len(names):
        raise _refused(next(name for name in names if names.count(name) > 1)[:40], TWICE)
    return dict(pairs)


def _no_number(constant: str) -> Never:
    raise ValueError(constant)


def _is_shallow(content: Any, levels: int) -> bool:
    inner: Iterable[Any] = content.values() if isinstance(content, dict) else content if type(content) is list else ()
    return levels > 0 and all(_is_shallow(each, levels - 1) for each in inner)


def _refused(field: str, detail: str) -> BodyRefused:
    return BodyRefused(Unprocessable(fields=(FieldProblem(field, detail),)))
