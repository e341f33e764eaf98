"""The classification is whole, and the dangerous crimes are treated with care."""

import csv
from importlib.resources import files

import pytest

from casestatus.cases.crimes import UNCLASSIFIED, RiskTier, crime, crimes


def test_there_are_79_crimes_and_one_for_the_unknown() -> None:
    assert len(crimes()) == 80
    assert crime("sin_clasificar") is UNCLASSIFIED


def test_slugs_are_lower_case_ascii_words_and_texts_are_there() -> None:
    for slug, each in crimes().items():
        assert slug == each.slug
        assert slug.isascii()
        assert slug == slug.lower()
        assert " " not in slug
        assert all((each.label_es, each.label_en, each.legal_good, each.kind, each.group))


def test_labels_are_unique_in_both_languages() -> None:
    assert len({each.label_es for each in crimes().values()}) == 80
    assert len({each.label_en for each in crimes().values()}) == 80


def test_an_unknown_crime_is_nobodys_and_what_replaces_it_is_high_risk() -> None:
    assert crime("rnid2026.brujeria") is None
    assert UNCLASSIFIED.risk_tier is RiskTier.HIGH


@pytest.mark.parametrize(
    "name",
    ["violencia-familiar", "violacion-simple", "acoso-sexual", "feminicidio", "tentativa-de-feminicidio", "tortura",
     "secuestro-expres", "trafico-de-menores", "pornografia-infantil", "corrupcion-de-menores",
     "trata-de-personas-con-otros-fines", "retencion-o-sustraccion-de-menores-e-incapaces",
     "violencia-de-genero-en-todas-sus-modalidades-distinta-a-la-violencia-familiar"],
)  # fmt: skip
def test_crimes_of_people_who_are_near_are_high_risk(name: str) -> None:
    assert _crime(name).risk_tier is RiskTier.HIGH


@pytest.mark.parametrize("name", ["robo-a-negocio", "fraude", "dano-a-la-propiedad", "lesiones-culposas"])
def test_ordinary_crimes_are_ordinary(name: str) -> None:
    assert _crime(name).risk_tier is RiskTier.ORDINARY
    assert not _crime(name).sensitive


def test_what_is_sensitive_is_high_risk() -> None:
    sensitive = [each for each in crimes().values() if each.sensitive]
    assert len(sensitive) == 22
    assert all(each.risk_tier is RiskTier.HIGH for each in sensitive)
    assert all(each.sensitive for each in crimes().values() if each.group == "libertad-sexual")


def test_every_published_volume_belongs_to_a_known_crime() -> None:
    published = files("casestatus.demo").joinpath("published.csv").read_text("utf-8").splitlines()
    rows = list(csv.DictReader(published))
    assert {row["crime"] for row in rows} <= crimes().keys()
    assert sum(int(row["count"]) for row in rows) == 480_653
    assert len({row["state"] for row in rows}) == 32


def _crime(name: str):
    found = crime(f"rnid2026.{name}")
    assert found is not None
    return found
