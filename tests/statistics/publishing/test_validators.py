"""What others made reads every release: frictionless, csvw, pyarrow, feedparser, jwcrypto, rdflib, jsonschema."""

import csv
import gzip
import json
import re
import warnings
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import feedparser
import jsonschema
import pyarrow.parquet as pq
import pytest
from csvw import CSVW
from frictionless import Report, system, validate
from jwcrypto import jwk
from jwcrypto.jws import JWS
from rdflib import Graph, URIRef

from casestatus.statistics.publishing.publish import publish_from
from casestatus.statistics.rows import COLUMNS
from tests.statistics.publishing.conftest import MONTHS, PUBLISHER
from tests.statistics.publishing.dcat_us_facts import CATALOG
from tests.statistics.publishing.synthetic import Plain

CHECKSUMS = """
    PREFIX spdx: <http://spdx.org/rdf/terms#>
    PREFIX dcat: <http://www.w3.org/ns/dcat#>
    SELECT ?file ?value WHERE {
        ?file a dcat:Distribution ; spdx:checksum ?sum .
        ?sum a spdx:Checksum ; spdx:algorithm ?algorithm ; spdx:checksumValue ?value .
        ?algorithm a spdx:ChecksumAlgorithm .
    }
"""
UNDESCRIBED = """
    PREFIX dct: <http://purl.org/dc/terms/>
    PREFIX dcat: <http://www.w3.org/ns/dcat#>
    SELECT ?each WHERE {
        VALUES ?kind { dcat:Dataset dcat:DatasetSeries dcat:Catalog }
        ?each a ?kind . FILTER NOT EXISTS { ?each dct:description ?told }
    }
"""
UNLABELLED = """
    PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
    PREFIX dcat: <http://www.w3.org/ns/dcat#>
    PREFIX vcard: <http://www.w3.org/2006/vcard/ns#>
    SELECT ?each WHERE {
        { ?each a skos:Concept . FILTER NOT EXISTS { ?each skos:prefLabel ?label } }
        UNION { ?other dcat:contactPoint ?each . FILTER NOT EXISTS { ?each a vcard:Kind } }
        UNION { ?each dcat:inSeries ?series . FILTER NOT EXISTS { ?series dcat:seriesMember ?each } }
    }
"""
ASTRAY = """
    PREFIX dcat: <http://www.w3.org/ns/dcat#>
    SELECT ?dataset WHERE {
        ?dataset dcat:inSeries|dcat:prev|dcat:first|dcat:last ?other .
        FILTER NOT EXISTS { ?other a ?kind . }
    }
"""


def releases_of(site: Path) -> list[Path]:
    return sorted((site / "datos/v1/publicaciones").iterdir())


def report_of(package: Path) -> Report:
    with warnings.catch_warnings(), system.use_context(trusted=False):
        warnings.simplefilter("ignore")  # petl's and chardet's own
        return validate(str(package))


def graph_of(path: Path) -> Graph:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # rdflib's own, inside its JSON-LD reader
        return Graph().parse(path, format="json-ld")


def test_frictionless_finds_every_release_valid(site):
    packages = sorted(site.glob("datos/v1/datapackage*.json"))
    assert len(packages) == MONTHS + 1
    for package in packages if MONTHS > 3 else packages[-2:]:
        report = report_of(package)
        assert report.valid, report.flatten(["name", "type", "message"])
        assert len(report.tasks) > 4


def test_the_data_package_describes_what_a_release_derives_too(tmp_path, keys):
    for months, wanted in ((12, {"tiempos-en-etapa"}), (13, {"t1-clasificacion-2015", "t4-clasificacion-2015"})):
        publish_from(Plain(months), tmp_path, keys, PUBLISHER)
        package = tmp_path / "datos/v1/datapackage.json"
        resources = {each["name"]: each for each in json.loads(package.read_text())["resources"]}
        assert {name for name in resources if "etapa" in name or "clasificacion" in name} == wanted
        assert report_of(package).valid, report_of(package).flatten(["name", "type", "message"])


def complaints_of_csvw(path: Path, caplog: pytest.LogCaptureFixture) -> list[str]:
    """What it says of metadata and cells: is_valid speaks of the metadata, cells are complained of in the log."""
    caplog.clear()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        read = CSVW(str(path), validate=True, strict=True)
        told = [str(warning.message) for warning in read.warnings]
    return told + [record.message for record in caplog.records] + ([] if read.is_valid else ["not valid"])


def test_csvw_finds_every_tables_metadata_and_cells_valid(site, caplog):
    described = sorted(site.glob("datos/v1/*/*/*/*.csv-metadata.json"))
    assert not [complaint for path in described for complaint in complaints_of_csvw(path, caplog)]
    assert len(described) == len(list(site.glob("datos/v1/*/*/*/*.csv")))


@pytest.mark.parametrize(
    "source",
    [
        Plain(2, second_editions=("2025-01",), withdrawn=("2025-01", "2025-02")),
        Plain(1, withdrawn=("2025-01",)),
    ],
    ids=["a correction stands", "nothing stands"],
)
def test_catalogues_stay_valid_after_a_withdrawal_and_offer_nothing_that_is_gone(source, tmp_path, keys):
    publish_from(source, tmp_path, keys, PUBLISHER)
    assert report_of(tmp_path / "datos/v1/datapackage.json").valid
    kinds = {each.get("type") for each in json.loads((tmp_path / "datos/v1/datapackage.json").read_text())["resources"]}
    assert kinds <= {None, "table"}  # the profile of version 2 knows no other; frictionless takes more
    jsonschema.validate(json.loads((tmp_path / "data.json").read_text()), CATALOG)
    assert not feedparser.parse((tmp_path / "feed.atom").read_bytes()).bozo
    catalogue = graph_of(tmp_path / "catalog.jsonld")
    assert not list(catalogue.query(UNDESCRIBED))
    offered = list(catalogue.subjects(predicate=URIRef("http://www.w3.org/ns/dcat#downloadURL")))
    for told in (
        *map(str, offered),
        (tmp_path / "data.json").read_text(),
        (tmp_path / "datos/v1/datapackage.json").read_text(),
    ):
        assert not re.search(r"T\w+/2025/2025-0\d/", told)


def told_by(folder: Path) -> dict[str, dict[str, Any]]:
    """Each table as data.json tells it."""
    return {each["identifier"]["notation"]: each for each in json.loads((folder / "data.json").read_text())["dataset"]}


def days_by(folder: Path) -> dict[str, tuple[str, str]]:
    """First and last day of each dataset, as the catalogue tells them."""
    graph = json.loads((folder / "catalog.jsonld").read_text())["@graph"]
    periods = {node["@id"]: node["dct:temporal"] for node in graph if "dct:temporal" in node}
    return {
        name.rpartition("/")[2]: tuple(period[f"dcat:{end}Date"]["@value"] for end in ("start", "end"))
        for name, period in periods.items()
    }


def test_catalogues_tell_the_days_that_the_files_hold(tmp_path, keys):
    publish_from(Plain(13, second_editions=("2025-11",)), tmp_path, keys, PUBLISHER)
    days = days_by(tmp_path)
    assert days["2025-02#T1"] == ("2025-01-01", "2025-02-28")
    assert days["2026-01#T1"] == ("2026-01-01", "2026-01-31")
    assert days["2025-11-e2#T1"] == ("2025-01-01", "2025-12-31")  # its file holds the whole year
    assert days["2025-03#T3"] == ("2025-01-01", "2025-03-31")
    [period] = told_by(tmp_path)["T1"]["temporal"]
    assert (period["startDate"], period["endDate"]) == ("2025-01-01", "2026-01-31")


def test_catalogues_tell_no_days_from_before_the_first_month(tmp_path, keys):
    class Late(Plain):
        """A service that began in November."""

        def releases(self):
            made = super().releases()[10:]
            return [
                replace(each, months=each.months[10:], previous=before.name if before else None)
                for before, each in zip([None, *made], made, strict=False)
            ]

    publish_from(Late(12), tmp_path, keys, PUBLISHER)
    assert days_by(tmp_path)["2025-12#T1"] == ("2025-11-01", "2025-12-31")
    assert days_by(tmp_path)["2025-12#T3"] == ("2025-11-01", "2025-12-31")


def test_what_was_withdrawn_is_no_version_of_a_table(tmp_path, keys):
    publish_from(Plain(3, withdrawn=("2025-03",)), tmp_path, keys, PUBLISHER)
    monthly, quarterly = told_by(tmp_path)["T1"], told_by(tmp_path)["T3"]
    assert (monthly["version"], monthly["temporal"][0]["endDate"]) == ("2025-02", "2025-02-28")
    assert monthly["modified"] == quarterly["modified"] == "2025-04-18T18:00:00+00:00"  # the day of the withdrawal
    assert not {"version", "versionNotes", "temporal"} & quarterly.keys()
    assert quarterly["distribution"] == []


def test_csvw_sees_a_wrong_cell(site, tmp_path, caplog):
    path = next(site.glob("datos/v1/T1/2025/*/T1-2025.csv"))
    wrong = path.read_text().replace(",si,", ",quizá,", 1)
    (tmp_path / path.name).write_text(wrong)
    metadata = tmp_path / f"{path.name}-metadata.json"
    metadata.write_bytes(path.with_name(metadata.name).read_bytes())
    with pytest.raises(UserWarning, match="Invalid column value: quizá"):
        complaints_of_csvw(metadata, caplog)


def test_pyarrow_reads_the_same_typed_rows_as_the_csv_and_the_json(site):
    for path in sorted(site.glob("datos/v1/T?*/2025*/*/*.parquet")):
        typed = pq.read_table(path).to_pylist()
        with path.with_suffix(".csv").open(newline="") as text:
            plain = list(csv.DictReader(text))
        assert json.loads(path.with_suffix(".json").read_text())["rows"] == typed
        assert len(plain) == len(typed) > 0
        for row, cells in zip(typed, plain, strict=True):
            assert tuple(row) == COLUMNS
            assert str(row["conteo_medido"]) == cells["conteo_medido"]
            assert {True: "si", False: "no"}[row["fiable"]] == cells["fiable"]
            assert (row["oficina"] or "") == cells["oficina"].removeprefix("'")


def test_the_compressed_twin_holds_the_plain_file_and_no_time(site):
    twins = [*site.glob("datos/v1/*/*/*/*.csv.gz"), *site.glob("datos/v1/*/*/*/*.json.gz")]
    assert len(twins) == 2 * len([*site.glob("datos/v1/*/*/*/*.csv")]) > 0
    for path in twins:
        packed = path.read_bytes()
        assert gzip.decompress(packed) == path.with_suffix("").read_bytes()
        assert packed[4:8] == bytes(4)


def test_feedparser_reads_a_feed_whose_entries_keep_their_ids(site):
    feeds = [feedparser.parse((folder / "feed.atom").read_bytes()) for folder in releases_of(site)]
    assert not any(feed.bozo for feed in feeds)
    ids = [[entry.id for entry in reversed(feed.entries)] for feed in feeds]
    assert all(ids[-1][: len(each)] == each for each in ids)
    assert len(set(ids[-1])) == MONTHS
    assert all(entry.id.startswith("tag:datos.example,2025-02-15:") for entry in feeds[-1].entries)


def test_a_reason_with_a_sign_that_xml_forbids_leaves_the_feed_readable(tmp_path, keys):
    class Hasty(Plain):
        def releases(self):
            return [replace(each, reason=each.reason and "\x01 \x1b & <b>") for each in super().releases()]

    publish_from(Hasty(1, withdrawn=("2025-01",)), tmp_path, keys, PUBLISHER)
    feed = feedparser.parse((tmp_path / "feed.atom").read_bytes())
    assert not feed.bozo
    assert len(feed.entries) == 2


def test_another_library_verifies_every_signature_with_the_published_keys(site):
    published = jwk.JWKSet.from_json((site / ".well-known/jwks.json").read_text())
    for folder in releases_of(site):
        signed = JWS()
        signed.deserialize((folder / "manifest.json.jws").read_text().strip())
        signed.objects["payload"] = (folder / "manifest.json").read_bytes()
        signed.verify(published.get_key(signed.jose_header["kid"]))


def test_rdflib_reads_the_catalogue_with_every_checksum_and_description(site):
    catalogue = graph_of(site / "catalog.jsonld")
    found: Iterable = catalogue.query(CHECKSUMS)
    sums = {str(file): str(value).lower() for file, value in found}
    manifests = [json.loads((folder / "manifest.json").read_text()) for folder in releases_of(site)]
    years = {
        f"https://datos.example/estado/{file['path']}": file["sha256"]
        for manifest in manifests
        for file in manifest["files"]
        if "table" in file and "edition" not in file and not file["path"].endswith(("metadata.json", ".json.gz"))
    }
    assert sums == years
    assert not list(catalogue.query(UNDESCRIBED))
    assert not list(catalogue.query(ASTRAY))
    assert not list(catalogue.query(UNLABELLED))


def test_data_json_has_what_dcat_us_requires(site):
    for folder in releases_of(site):
        jsonschema.validate(json.loads((folder / "data.json").read_text()), CATALOG)


@pytest.mark.parametrize("missing", ["publisher", "contactPoint", "identifier"])
def test_the_schema_sees_what_is_missing(site, missing):
    document = json.loads((site / "data.json").read_text())
    del document["dataset"][0][missing]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, CATALOG)
