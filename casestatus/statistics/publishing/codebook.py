"""The code book: what each code means in Spanish and English, since when, and its INEGI key; as CSV and as JSON.

The JSON holds the code lists whole, so that a restored database reads them back as they were.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

from casestatus.statistics.publishing.formats import csv_lines
from casestatus.statistics.rows import Code, CodeLists
from casestatus.wording import Language

COLUMNS = (
    "lista",
    "codigo",
    "etiqueta_es",
    "etiqueta_en",
    "valido_desde",
    "valido_hasta",
    "clave_inegi",
    "grupo",
    "incluye",
)
LISTS = {  # by the name of their column in the tables; the two lists of crimes share one
    "offices": "oficina",
    "crimes": "delito",
    "groups": "grupo",
    "stages": "etapa",
    "outcomes": "resultado",
    "days": "intervalo_dias",
}
BETWEEN = " "  # codes hold no spaces
APART = " · "  # between a code and a name that several codes bear


def codebook_csv(codes: CodeLists) -> bytes:
    """One line a code, list after list, in the order of the tables."""
    rows = ((listed, *_cells(code)) for listed, code in _listed(codes))
    return csv_lines([COLUMNS, *rows]).encode()


def codebook_json(codes: CodeLists) -> bytes:
    """The lists by name, and the crossings between both classifications of crimes."""
    lists = {listed: [asdict(code) for code in getattr(codes, name)] for name, listed in LISTS.items()}
    document = {"listas": lists, "cruce_sesnsp2015_rnid2026": [list(each) for each in codes.crossings]}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def read_codebook(document: bytes) -> CodeLists:
    """The code lists of a `codebook.json`. Raises KeyError, TypeError or ValueError when it is none."""
    content = json.loads(document)
    lists = {name: tuple(_code(code) for code in content["listas"][listed]) for name, listed in LISTS.items()}
    crossings = tuple((str(a), str(b), str(c)) for a, b, c in content["cruce_sesnsp2015_rnid2026"])
    return CodeLists(**lists, crossings=crossings)


def names_apart(codes: Sequence[Code], language: Language) -> dict[str, str]:
    """Each code's name; where several bear the same one, after the code, so that a shortened name still tells."""
    names: dict[str, str] = {code.code: getattr(code, language) for code in codes}
    often = Counter(names.values())
    return {code: f"{code}{APART}{name}" if often[name] > 1 else name for code, name in names.items()}


def _listed(codes: CodeLists) -> Iterator[tuple[str, Code]]:
    for name, listed in LISTS.items():
        for code in getattr(codes, name):
            yield listed, code


def _cells(code: Code) -> tuple[str | None, ...]:
    known = (code.code, code.es, code.en, code.valid_from, code.valid_to, code.region, code.group)
    return (*known, BETWEEN.join(code.includes) or None)


def _code(written: Mapping[str, Any]) -> Code:
    known = {field.name: written[field.name] for field in fields(Code)}
    return Code(**known | {"includes": tuple(written["includes"])})
