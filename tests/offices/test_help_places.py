"""Who helps victims near them: complete for the country, in both languages, and the operator's own file."""

from pathlib import Path

import pytest

from casestatus.offices.help_places import HelpFileBroken, help_places
from casestatus.wording import LANGUAGES

OWN = """
[gives.shelter]
es = "Un lugar seguro."
en = "A safe place."

[place.09.commission]
name = "Comisión revisada"
gives = ["legal_adviser"]
phone = "55 0000 0000"
hours = { es = "De 9 a 15.", en = "9 to 15." }
shows_on_bill = false
verified = true

[place.09.refuge]
name = "Refugio de ejemplo"
gives = ["shelter"]
"""


def named(folder: Path, text: str) -> str:
    (folder / "help.toml").write_text(text, encoding="utf-8")
    return str(folder / "help.toml")


def test_each_of_the_32_states_has_its_commission_and_all_have_the_federal_one() -> None:
    places = help_places()
    assert list(places.states) == [f"{code:02}" for code in range(1, 33)]
    assert len({places.near(region)[0].name for region in places.states}) == 32
    for region in places.states:
        assert "omisión" in places.near(region)[0].name
        assert places.near(region)[-1].phone == "800 842 8462"


def test_what_each_gives_is_told_in_both_languages() -> None:
    places = help_places()
    for place in (place for found in places.by_region.values() for place in found):
        assert place.gives
        assert all(words[language] for words in place.gives for language in LANGUAGES)


def test_nothing_of_ours_passes_for_checked() -> None:
    assert not [place for found in help_places().by_region.values() for place in found if place.verified]


def test_no_telephone_or_hour_of_a_state_stands_in_ours_for_nobody_checked_one() -> None:
    places = help_places()
    ours = [place for region in places.states for place in places.by_region[region]]
    assert len(ours) == 32
    assert {(place.phone, place.hours, place.shows_on_bill) for place in ours} == {("", None, None)}


@pytest.mark.parametrize("region", ["", "33", "federal"])
def test_an_office_without_a_known_state_shows_the_federal_one_once(region: str) -> None:
    places = help_places()
    assert places.near(region) == places.federal


def test_an_operator_s_file_replaces_and_adds(tmp_path: Path) -> None:
    ours, theirs = help_places(), help_places(named(tmp_path, OWN))
    commission, refuge, *federal = theirs.near("09")
    assert (commission.name, commission.verified, commission.shows_on_bill) == ("Comisión revisada", True, False)
    assert commission.hours == {"es": "De 9 a 15.", "en": "9 to 15."}
    assert (refuge.name, refuge.gives[0]["en"], refuge.verified) == ("Refugio de ejemplo", "A safe place.", False)
    assert tuple(federal) == ours.federal
    assert theirs.near("16") == ours.near("16")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('name = "Comisión revisada"\n', "", "place.09.commission.name: Field required"),
        ('"55 0000 0000"', '"llama"', "place.09.commission.phone: "),
        ("verified = true", 'verified = "yes"', "place.09.commission.verified: "),
        ("verified = true", "checked = true", "place.09.commission.checked: "),
        ('gives = ["legal_adviser"]', "gives = []", "place.09.commission.gives: "),
        ('["shelter"]', '["a_car"]', r"place.09.refuge.gives: a_car stands not in \[gives\]"),
        ("09.refuge", "40.refuge", "place.40: no state has this code"),
        (', en = "9 to 15."', "", "place.09.commission.hours: .*no words in en"),
        ('en = "A safe place."', 'en = " "', "gives.shelter: .*no words in en"),
        ("[place.09.refuge]", "[place.09.refuge", "is no TOML"),
    ],
)
def test_a_broken_file_is_refused_and_the_entry_named(tmp_path: Path, before: str, after: str, said: str) -> None:
    assert before in OWN
    with pytest.raises(HelpFileBroken, match=f"help.toml: {said}"):
        help_places(named(tmp_path, OWN.replace(before, after)))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(HelpFileBroken, match=r"nowhere\.toml: can't be read"):
        help_places(str(tmp_path / "nowhere.toml"))
