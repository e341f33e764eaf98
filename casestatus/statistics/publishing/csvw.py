"""The CSVW metadata beside a table's CSV file: what its columns are, in the W3C's words."""

import json
from typing import Any

from casestatus.statistics.publishing.catalogue import Publisher
from casestatus.statistics.publishing.columns import INTEGERS, NO, PERIOD, YES, always_filled, key_of
from casestatus.statistics.publishing.words import COLUMNS_TOLD, LICENCE_URL, TABLES_TOLD
from casestatus.statistics.rows import COLUMNS

EXTENSION = "csv-metadata.json"
MEDIA_TYPE = "application/csvm+json"
Node = dict[str, Any]


def csvw(table: str, file_name: str, publisher: Publisher) -> bytes:
    """The file `<file>.csv-metadata.json`."""
    told = TABLES_TOLD[table]
    document = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "es"}],
        "url": file_name,
        "dc:title": told.title.es,
        "dc:description": told.description.es,
        "dc:license": {"@id": LICENCE_URL},
        "dc:publisher": publisher.name,
        "dialect": {"encoding": "utf-8", "lineTerminators": ["\n"], "header": True},
        "tableSchema": {"primaryKey": key_of(table), "columns": [_column(table, name) for name in COLUMNS]},
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _column(table: str, name: str) -> Node:
    told = COLUMNS_TOLD[name]
    texts = {"name": name, "titles": name, "dc:description": f"{told.es} / {told.en}"}
    return texts | {"required": name in always_filled(table), "null": [""], "datatype": _datatype(name)}


def _datatype(name: str) -> Node | str:
    if name in INTEGERS:
        return {"base": "integer", "minimum": 0} if name == "conteo" else "integer"
    if name == "fiable":
        return {"base": "boolean", "format": f"{YES}|{NO}"}
    if name == "cobertura":
        return "decimal"
    return {"base": "string", "format": PERIOD} if name == "periodo" else "string"
