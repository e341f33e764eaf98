"""All tables as a Data Package (version 2): their year files as of an entry of the chain, the code book, and what the
newest release derives from its own draws.
"""

import json
from typing import Any

from casestatus.statistics.publishing import codebook, paths
from casestatus.statistics.publishing.catalogue import Catalogue
from casestatus.statistics.publishing.columns import INTEGERS, NO, PERIOD, YES, always_filled, key_of
from casestatus.statistics.publishing.derived import CROSSED, TIME_COLUMNS, TIMES, crossed_file
from casestatus.statistics.publishing.manifest import Listed, Manifest
from casestatus.statistics.publishing.words import (
    CATALOGUE,
    COLUMNS_TOLD,
    DERIVED_TOLD,
    KEYWORDS,
    LICENCE,
    LICENCE_TITLE,
    LICENCE_URL,
    TABLES_TOLD,
    TIMES_TOLD,
)
from casestatus.statistics.rows import COLUMNS

TIMES_KEY = ["periodo", "delito", "etapa", "edicion", "medida"]
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
Node = dict[str, Any]


def datapackage(catalogue: Catalogue) -> bytes:
    """The file `datapackage.json`: all tables that stand as of the newest entry."""
    manifest, publisher = catalogue.newest, catalogue.publisher
    tables = [_table(file) for file in manifest.years if file.extension == "csv"]
    told = catalogue.standing or manifest
    codes = [_codes(file) for file in told.files if file.path.endswith(f"/{paths.CODEBOOK}.csv")]
    tombstone = [_tombstone(file) for file in manifest.files if file.path.endswith(f"/{paths.TOMBSTONE}")]
    document = {
        "$schema": PROFILE,
        "name": f"casestatus-{manifest.name}",
        "id": manifest.id,
        "title": CATALOGUE.title.es,
        "description": f"{CATALOGUE.description.es}\n\n{CATALOGUE.description.en}",
        "homepage": publisher.at(paths.PORTAL),
        "version": told.release,
        "created": manifest.at.isoformat(),
        "keywords": list(KEYWORDS),
        "licenses": [{"name": LICENCE, "path": LICENCE_URL, "title": LICENCE_TITLE}],
        "sources": [{"title": publisher.name, "path": publisher.at(paths.PORTAL)}],
        "contributors": [{"title": publisher.name, "email": publisher.contact, "roles": ["publisher"]}],
        "resources": tables + codes + _derived(told) + tombstone,
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _table(file: Listed) -> Node:
    table = str(file.table)
    told = TABLES_TOLD[table]
    texts = {"title": told.title.es, "description": f"{told.description.es} {told.description.en}"}
    fields = [_field(table, name) for name in COLUMNS]
    return _resource(f"{table.lower()}-{file.period}", file, fields, key_of(table)) | texts


def _codes(file: Listed) -> Node:
    fields = [{"name": name, "type": "string"} for name in codebook.COLUMNS]
    key = ["lista", "codigo", "valido_desde"]  # a merged code may hold others from some month on
    return _resource("codebook", file, fields, key) | {"title": "Códigos"}


def _derived(release: Manifest) -> list[Node]:
    """What a release works out of its new draws: times in stage, and tables in the crimes of 2015."""
    files = {file.path: file for file in release.files}
    described = {TIMES: (DERIVED_TOLD["times"], [_time_field(name) for name in TIME_COLUMNS], TIMES_KEY)} | {
        crossed_file(table): (DERIVED_TOLD["crossed"], [_field(table, name) for name in COLUMNS], key_of(table))
        for table in CROSSED
    }
    return [
        _resource(name.removesuffix(".csv").lower(), file, fields, key) | {"title": told.es, "description": told.en}
        for name, (told, fields, key) in described.items()
        if (file := files.get(paths.in_entry(release.name, name)))
    ]


def _time_field(name: str) -> Node:
    told = (COLUMNS_TOLD | TIMES_TOLD)[name]
    kind, constraints = _kind(name)
    if name in {"valor", "ic95_inf", "ic95_sup"}:
        kind = {"type": "number"}
    return {
        "name": name, **kind, "title": told.es, "description": told.en, "constraints": {"required": True} | constraints
    }  # fmt: skip


def _tombstone(file: Listed) -> Node:
    return {  # no "type": the profile knows tables only
        "name": "retirada",
        "path": file.path.removeprefix(f"{paths.VERSION}/"),
        "format": "json",
        "mediatype": "application/json",
        "bytes": file.bytes,
        "hash": f"sha256:{file.sha256}",
    }


def _resource(name: str, file: Listed, fields: list[Node], key: list[str]) -> Node:
    return {
        "name": name,
        "type": "table",
        "path": file.path.removeprefix(f"{paths.VERSION}/"),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": file.bytes,
        "hash": f"sha256:{file.sha256}",
        "dialect": {"lineTerminator": "\n"},
        "schema": {"fields": fields, "primaryKey": key, "missingValues": [""]},
    }


def _field(table: str, name: str) -> Node:
    told = COLUMNS_TOLD[name]
    required: Node = {"required": True} if name in always_filled(table) else {}
    kind, constraints = _kind(name)
    return {"name": name, **kind, "title": told.es, "description": told.en, "constraints": required | constraints}


def _kind(name: str) -> tuple[Node, Node]:
    """A column's type, and what holds for its values."""
    if name in {*INTEGERS, "salidas_medidas"}:
        return {"type": "integer"}, {"minimum": 0} if name == "conteo" else {}
    if name == "fiable":
        return {"type": "boolean", "trueValues": [YES], "falseValues": [NO]}, {}
    if name == "cobertura":
        return {"type": "number"}, {"minimum": 0, "maximum": 1}
    return {"type": "string"}, {"pattern": PERIOD} if name == "periodo" else {}
