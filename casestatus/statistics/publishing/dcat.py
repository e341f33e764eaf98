"""The catalogue as DCAT 3 in JSON-LD: a series for each table, a dataset for each release, a distribution a file."""

import json
from typing import Any

from casestatus.statistics.publishing import paths
from casestatus.statistics.publishing.catalogue import Catalogue, Dataset, Publisher
from casestatus.statistics.publishing.manifest import Listed
from casestatus.statistics.publishing.words import (
    CATALOGUE,
    CITING,
    KEYWORDS,
    LICENCE_URL,
    PROTECTION,
    TABLES_TOLD,
    THEME,
    Told,
)

Node = dict[str, Any]
EU = "http://publications.europa.eu/resource/authority/"
CONTEXT = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
FREQUENCY = {"P1M": EU + "frequency/MONTHLY", "P3M": EU + "frequency/QUARTERLY"}
SHA256 = {"@id": "spdx:checksumAlgorithm_sha256", "@type": "spdx:ChecksumAlgorithm"}


def dcat(catalogue: Catalogue) -> bytes:
    """The file `catalog.jsonld`."""
    nodes = [_catalogue(catalogue)]
    for table, datasets in catalogue.series.items():
        if datasets:
            nodes.append(_series(catalogue, table, datasets))
            nodes += [_dataset(catalogue, dataset) for dataset in datasets]
    return (json.dumps({"@context": CONTEXT, "@graph": nodes}, ensure_ascii=False, indent=1) + "\n").encode()


def _catalogue(catalogue: Catalogue) -> Node:
    offered: list[Dataset | str] = []
    for table, datasets in catalogue.series.items():
        offered += [table, *datasets] if datasets else []
    return {
        "@id": catalogue.publisher.at(paths.PORTAL),
        "@type": "dcat:Catalog",
        **_told(CATALOGUE.title, CATALOGUE.description),
        **_about(catalogue.publisher),
        "foaf:homepage": {"@id": catalogue.publisher.at(paths.PORTAL), "@type": "foaf:Document"},
        "dct:issued": _moment(catalogue.chain[0].at.isoformat()),
        "dct:modified": _moment(catalogue.newest.at.isoformat()),
        "dcat:dataset": [_ref(_address(catalogue, each)) for each in offered],
    }


def _series(catalogue: Catalogue, table: str, datasets: list[Dataset]) -> Node:
    told = TABLES_TOLD[table]
    return {
        "@id": _address(catalogue, table),
        "@type": "dcat:DatasetSeries",
        **_told(told.title, Told(f"{told.description.es} {PROTECTION.es}", f"{told.description.en} {PROTECTION.en}")),
        **_about(catalogue.publisher),
        **_common(datasets[0].every),
        "dct:issued": _moment(datasets[0].issued.isoformat()),
        "dct:modified": _moment(catalogue.changed_at(datasets).isoformat()),
        "dcat:seriesMember": [_ref(_address(catalogue, each)) for each in datasets],
        "dcat:first": _ref(_address(catalogue, datasets[0])),
        "dcat:last": _ref(_address(catalogue, datasets[-1])),
    }


def _dataset(catalogue: Catalogue, dataset: Dataset) -> Node:
    told, (begins, ends) = dataset.told, dataset.days
    title = Told(f"{told.title.es}, publicación {dataset.release}", f"{told.title.en}, release {dataset.release}")
    node = {
        "@id": _address(catalogue, dataset),
        "@type": "dcat:Dataset",
        **_told(title, told.description),
        **_about(catalogue.publisher),
        **_common(dataset.every),
        "dct:identifier": _address(catalogue, dataset),
        "dct:issued": _moment(dataset.issued.isoformat()),
        "dcat:inSeries": _ref(_address(catalogue, dataset.table)),
        "dcat:version": dataset.release,
        "adms:versionNotes": _texts(dataset.notes),
        "dct:temporal": {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": _typed(begins.isoformat(), "date"),
            "dcat:endDate": _typed(ends.isoformat(), "date"),
        },
    }
    if dataset.withdrawn is None:
        node["dcat:distribution"] = [_distribution(catalogue.publisher, file) for file in dataset.files]
    return node | _joined(catalogue, dataset)


def _joined(catalogue: Catalogue, dataset: Dataset) -> Node:
    """What stands before it in its series, and that it was withdrawn, if it was."""
    node: Node = {}
    if dataset.previous:
        node["dcat:prev"] = _ref(_address(catalogue, dataset.previous))
        node["dcat:previousVersion"] = _ref(_address(catalogue, dataset.previous))
    if dataset.withdrawn is not None:
        node["adms:status"] = _ref(EU + "dataset-status/WITHDRAWN")
        node["rdfs:comment"] = _texts(Told(f"Retirada: {dataset.withdrawn}", f"Withdrawn: {dataset.withdrawn}"))
    return node


def _distribution(publisher: Publisher, file: Listed) -> Node:
    packed = file.extension == "csv.gz"
    media_type = "text/csv" if packed else file.media_type.partition(";")[0]
    node = {
        "@id": publisher.at(file.path),
        "@type": "dcat:Distribution",
        "dct:title": _texts(
            Told(f"{file.table} {file.period}, {file.extension}", f"{file.table} {file.period}, {file.extension}")
        ),
        "dcat:accessURL": _ref(publisher.at(file.path)),
        "dcat:downloadURL": _ref(publisher.at(file.path)),
        "dcat:mediaType": _media_type(media_type),
        "dcat:byteSize": _typed(str(file.bytes), "nonNegativeInteger"),
        "dct:license": {"@id": LICENCE_URL, "@type": "dct:LicenseDocument"},
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": SHA256,
            "spdx:checksumValue": _typed(file.sha256, "hexBinary"),
        },
    }
    return node | ({"dcat:compressFormat": _media_type("application/gzip")} if packed else {})


def _about(publisher: Publisher) -> Node:
    """Who publishes it, under which licence, in which languages."""
    return {
        "dct:publisher": {
            "@id": publisher.at("datos/#publica"),
            "@type": "foaf:Agent",
            "foaf:name": publisher.name,
        },
        "dcat:contactPoint": {
            "@id": publisher.at("datos/#contacto"),
            "@type": ["vcard:Kind", "vcard:Organization"],
            "vcard:fn": publisher.name,
            "vcard:hasEmail": _ref(f"mailto:{publisher.contact}"),
        },
        "dct:license": {"@id": LICENCE_URL, "@type": "dct:LicenseDocument"},
        "foaf:page": {"@id": publisher.at(paths.METHOD_PAGE), "@type": "foaf:Document"},
        "dct:rights": {"@type": "dct:RightsStatement", "rdfs:label": _texts(CITING)},
        "dct:language": [_kind(EU + f"language/{code}", "dct:LinguisticSystem") for code in ("SPA", "ENG")],
    }


def _common(every: str) -> Node:
    """What series and datasets say alike."""
    return {
        "dcat:keyword": [{"@language": "es", "@value": word} for word in KEYWORDS],
        "dcat:theme": _kind(EU + "data-theme/JUST", "skos:Concept") | {"skos:prefLabel": _texts(THEME)},
        "dct:accessRights": _kind(EU + "access-right/PUBLIC", "dct:RightsStatement"),
        "dct:accrualPeriodicity": _kind(FREQUENCY[every], "dct:Frequency"),
        "dct:spatial": _kind(EU + "country/MEX", "dct:Location"),
        "dcat:temporalResolution": _typed(every, "duration"),
    }


def _address(catalogue: Catalogue, what: Dataset | str) -> str:
    """The lasting address of a table's series, or of a dataset in it: the page that tells of it."""
    if isinstance(what, str):
        return catalogue.publisher.at(paths.table_page(what))
    return catalogue.publisher.at(f"{paths.release_page(what.release)}#{what.table}")


def _told(title: Told, description: Told) -> Node:
    return {"dct:title": _texts(title), "dct:description": _texts(description)}


def _texts(told: Told) -> list[Node]:
    return [{"@language": "es", "@value": told.es}, {"@language": "en", "@value": told.en}]


def _typed(value: str, kind: str) -> Node:
    return {"@type": f"xsd:{kind}", "@value": value}


def _moment(value: str) -> Node:
    return _typed(value, "dateTime")


def _media_type(name: str) -> Node:
    return _kind(f"https://www.iana.org/assignments/media-types/{name}", "dct:MediaType")


def _kind(address: str, kind: str) -> Node:
    return {"@id": address, "@type": kind}


def _ref(address: str) -> Node:
    return {"@id": address}
