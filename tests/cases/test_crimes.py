"""The classification is whole, and the dangerous crimes are treated with care."""

import csv
from importlib.resources import files

import pytest

from casestatus.cases.crimes import UNCLASSIFIED, RiskTier, crime, crimes, former_crimes
from casestatus.cases.crosswalk import CrosswalkBroken, Quality, crossings, may_be_same, read_crosswalk


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


def test_the_55_crimes_of_2015_are_known_and_told_apart() -> None:
    assert len(former_crimes()) == 55
    assert not former_crimes().keys() & crimes().keys()
    assert all(crime(slug) is each for slug, each in former_crimes().items())
    assert len({each.label_es for each in former_crimes().values()}) == 55
    assert len({each.label_en for each in former_crimes().values()}) == 55
    assert {each.group for each in former_crimes().values()} <= {each.group for each in crimes().values()}


def test_every_crime_of_either_list_stands_in_the_crosswalk() -> None:
    assert {row.former for row in crossings()} == former_crimes().keys()
    assert {row.current for row in crossings()} == crimes().keys() - {"sin_clasificar"}
    assert len([row for row in crossings() if row.quality is Quality.EQUAL]) == 42


@pytest.mark.parametrize(
    ("former", "current", "same"),
    [
        ("sesnsp2015.robo-a-negocio", "rnid2026.robo-a-negocio", True),
        ("rnid2026.secuestro-expres", "sesnsp2015.secuestro", True),
        ("sesnsp2015.secuestro", "sesnsp2015.secuestro", True),
        ("sesnsp2015.fraude", "rnid2026.robo-a-negocio", False),
        ("rnid2026.secuestro-expres", "rnid2026.secuestro-extorsivo", False),
    ],
)
def test_crimes_of_both_lists_may_be_the_same(former: str, current: str, same: bool) -> None:
    assert may_be_same(former, current) is same


def test_what_was_once_one_crime_is_as_dangerous_as_any_it_may_be_now() -> None:
    for row in crossings():
        then, now = crime(row.former), crime(row.current)
        assert then
        assert now
        assert (then.risk_tier is RiskTier.HIGH) >= (now.risk_tier is RiskTier.HIGH)
        assert then.sensitive >= now.sensitive


A, B, C = "sesnsp2015.amenazas", "rnid2026.amenazas", "rnid2026.tortura"


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("", "2015"),
        (f"{A},{B},equal\n{A},{C},equal", "split"),
        (f"{A},{B},merged\n,{C},none", "equal"),
        (f"{A},{B},split\n{A},{C},split", "less care"),
        (f"{A},{B},perhaps", "unreadable"),
        (f"{A},{B},equal\n{A},rnid2026.nothing,equal", "2026"),
    ],
)
def test_a_crosswalk_that_contradicts_itself_is_refused(rows: str, said: str) -> None:
    current = {slug: crimes()[slug] for slug in (B, C)}
    with pytest.raises(CrosswalkBroken, match=said):
        read_crosswalk(f"sesnsp2015,rnid2026,quality\n{rows}", {A: former_crimes()[A]}, current)
