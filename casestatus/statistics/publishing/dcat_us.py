"""The catalogue as DCAT-US 3 in JSON, for harvesters: one dataset for each table, with all its years."""

import json
from typing import Any

from casestatus.statistics.publishing import paths
from casestatus.statistics.publishing.catalogue import Catalogue, Dataset, Publisher
from casestatus.statistics.publishing.formats import MEDIA_TYPES
from casestatus.statistics.publishing.manifest import Listed
from casestatus.statistics.publishing.words import CATALOGUE, CITING, KEYWORDS, LICENCE_URL, PROTECTION

PROFILE = "https://resources.data.gov/dcat-us/3.0.0/"
FORMATS = {"csv": "CSV", "csv.gz": "CSV, gzip", "json": "JSON", "parquet": "Parquet"}
Node = dict[str, Any]


def dcat_us(catalogue: Catalogue) -> bytes:
    """The file `data.json`."""
    publisher = catalogue.publisher
    document = {
        "@id": publisher.at(paths.DATA_JSON),
        "@type": "Catalog",
        "conformsTo": {"@id": PROFILE, "@type": "Standard", "title": "DCAT-US 3"},
        "title": CATALOGUE.title.es,
        "description": f"{CATALOGUE.description.es}\n\n{CATALOGUE.description.en}",
        "language": ["es", "en"],
        "license": LICENCE_URL,
        "issued": catalogue.chain[0].at.isoformat(),
        "modified": catalogue.newest.at.isoformat(),
        "publisher": _organization(publisher),
        "contactPoint": [_contact(publisher)],
        "dataset": [_dataset(catalogue, datasets) for datasets in catalogue.series.values() if datasets],
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _dataset(catalogue: Catalogue, datasets: list[Dataset]) -> Node:
    first = datasets[0]
    publisher, told = catalogue.publisher, first.told
    identifier = publisher.at(paths.table_page(first.table))
    files = [file for file in catalogue.newest.years if file.table == first.table and file.extension in MEDIA_TYPES]
    return {
        "@id": identifier,
        "@type": "Dataset",
        "identifier": {"@id": identifier, "@type": "Identifier", "notation": first.table},
        "title": f"{told.title.es} · {told.title.en}",
        "description": " ".join((told.description.es, PROTECTION.es, told.description.en, PROTECTION.en)),
        "keyword": list(KEYWORDS),
        "language": ["es", "en"],
        "license": LICENCE_URL,
        "rights": [CITING.es, CITING.en],
        "accessRights": "public",
        "accrualPeriodicity": f"R/{first.every}",
        "issued": first.issued.isoformat(),
        "modified": catalogue.changed_at(datasets).isoformat(),
        **_standing([dataset for dataset in datasets if dataset.withdrawn is None]),
        "temporalResolution": first.every,
        "publisher": _organization(publisher),
        "contactPoint": _contact(publisher),
        "landingPage": {
            "@id": identifier,
            "@type": "Document",
            "title": told.title.es,
            "accessURL": identifier,
        },
        **_codebook(catalogue),
        "distribution": [_distribution(publisher, file) for file in files],
    }


def _standing(datasets: list[Dataset]) -> Node:
    """Version and days of what is offered: of the datasets that weren't withdrawn."""
    if not datasets:
        return {}
    last = datasets[-1]
    begins, ends = min(each.days[0] for each in datasets), max(each.days[1] for each in datasets)
    return {
        "version": last.release,
        "versionNotes": f"{last.notes.es} {last.notes.en}",
        "temporal": [{"@type": "PeriodOfTime", "startDate": begins.isoformat(), "endDate": ends.isoformat()}],
    }


def _distribution(publisher: Publisher, file: Listed) -> Node:
    node = {
        "@type": "Distribution",
        "title": f"{file.table} {file.period}, {FORMATS[file.extension]}",
        "downloadURL": publisher.at(file.path),
        "mediaType": file.media_type.partition(";")[0],
        "format": FORMATS[file.extension],
        "byteSize": str(file.bytes),
        "license": LICENCE_URL,
        "checksum": {"@type": "Checksum", "algorithm": "SHA-256", "checksumValue": file.sha256},
    }
    return node | ({"characterEncoding": ["UTF-8"]} if file.extension in {"csv", "json"} else {})


def _codebook(catalogue: Catalogue) -> Node:
    """The code book of the newest release that stands: what each code means."""
    if catalogue.standing is None:
        return {}
    path = paths.in_entry(catalogue.standing.name, f"{paths.CODEBOOK}.csv")
    codes = {"title": "Códigos · Code book", "downloadURL": catalogue.publisher.at(path), "mediaType": "text/csv"}
    return {"describedBy": {"@type": "Distribution", **codes}}


def _organization(publisher: Publisher) -> Node:
    return {"@type": "Organization", "name": publisher.name}


def _contact(publisher: Publisher) -> Node:
    return {"@type": "Kind", "fn": publisher.name, "hasEmail": f"mailto:{publisher.contact}"}
