"""The code lists of months, kept as they were published, and told as one list with the months in which each held."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields, replace
from typing import Any

from sqlalchemy.orm import Session

from casestatus.statistics.models import CodeListVersion
from casestatus.statistics.rows import Code, CodeLists

NATURAL_ORDER = frozenset({"stages", "outcomes", "days"})  # the others stand by code
LISTS = tuple(field.name for field in fields(CodeLists) if field.name != "crossings")


def keep_codes(session: Session, codes: CodeLists) -> bytes:
    """Keep the code lists of a month; the digest under which they stand. Months with equal lists share them."""
    content = _content(codes)
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    digest = hashlib.sha256(text.encode()).digest()
    if session.get(CodeListVersion, digest) is None:
        session.add(CodeListVersion(digest=digest, content=content))
        session.flush()
    return digest


def kept_codes(session: Session, digest: bytes, month: str) -> CodeLists:
    """The code lists that a month was published with."""
    content = session.get_one(CodeListVersion, digest).content
    return CodeLists(
        **{name: tuple(_code(each, month) for each in content[name]) for name in LISTS},
        crossings=tuple((former, current, quality) for former, current, quality in content["crossings"]),
    )


def _content(codes: CodeLists) -> dict[str, Any]:
    """Without the months, which depend on what came before and after."""
    lists = {name: [_written(code) for code in getattr(codes, name)] for name in LISTS}
    return {**lists, "crossings": [list(pair) for pair in codes.crossings]}


def _written(code: Code) -> dict[str, Any]:
    """Only what it has."""
    said = {name: value for name, value in asdict(code).items() if value and not name.startswith("valid_")}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in said.items()}


def _code(written: Mapping[str, Any], month: str) -> Code:
    return Code(**{**written, "includes": tuple(written.get("includes", ())), "valid_from": month})


def codes_over(months: Iterable[tuple[str, CodeLists]]) -> CodeLists:
    """The lists of several months, oldest first, as one: a code that changed stands once for each of its versions."""
    known = list(months)
    return CodeLists(
        **{name: _versions(name, [(month, getattr(codes, name)) for month, codes in known]) for name in LISTS},
        crossings=known[-1][1].crossings,
    )


def codes_at(codes: CodeLists, month: str) -> CodeLists:
    """The lists of one month out of those over several: the inverse of `codes_over`."""

    def in_use(name: str) -> tuple[Code, ...]:
        then = (code for code in getattr(codes, name) if code.valid_from <= month <= (code.valid_to or month))
        return tuple(replace(code, valid_from=month, valid_to=None) for code in then)

    return CodeLists(**{name: in_use(name) for name in LISTS}, crossings=codes.crossings)


def _versions(name: str, months: list[tuple[str, tuple[Code, ...]]]) -> tuple[Code, ...]:
    newest = months[-1][0]
    ended: list[Code] = []
    current: dict[str, Code] = {}  # with the month in which each was seen last as `valid_to`
    for month, codes in months:
        for code in codes:
            before = current.get(code.code)
            same = (
                before is not None and replace(code, valid_from=before.valid_from, valid_to=before.valid_to) == before
            )
            if before is not None and not same:
                ended.append(before)
            current[code.code] = replace(
                code, valid_from=before.valid_from if before and same else month, valid_to=month
            )
    versions = [
        *ended,
        *(replace(code, valid_to=None) if code.valid_to == newest else code for code in current.values()),
    ]
    if name in NATURAL_ORDER:
        return tuple(versions)
    return tuple(sorted(versions, key=lambda code: (code.code, code.valid_from)))
