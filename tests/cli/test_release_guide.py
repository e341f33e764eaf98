"""The officer's guide, typed as it is printed, from another folder than the one that the releases stand in."""

import re
import shlex
from pathlib import Path

import pytest

from tests.cli.test_release import Officer, add_officer, officer, signature
from tests.statistics.conftest import crowd, keys
from tests.statistics.crowd import DECEMBER, NOVEMBER

__all__ = ["crowd", "keys", "officer"]
GUIDE = Path(__file__).parents[2] / "docs" / "release_guide.md"
HALVES = dict(zip(("en", "es"), GUIDE.read_text("utf-8").split("\n---\n"), strict=True))
SAID = {
    "status": "May close now", "cut": "", "verify": "Everything holds", "withdraw": "Withdrew", "merge": "CUH-2",
    "recount": "They count at CUH-1 in the second edition",
}  # fmt: skip
HERE = {"2026-10": NOVEMBER, "SMALL": "CUH-2", "LARGE": "CUH-1", "X": "FGJ-1", "…": "menos de 5,000 habitantes"}


def commands(half: str) -> list[list[str]]:
    printed = re.findall(r"`casestatus release ([^`]+)`", half)
    return [[HERE.get(word, word) for word in shlex.split(command)] for command in printed]


def options(half: str) -> set[str]:
    return set(re.findall(r"--[a-z-]+", half))


def test_both_languages_tell_the_same_commands_options_and_messages() -> None:
    assert commands(HALVES["en"]) == commands(HALVES["es"])
    assert options(HALVES["en"]) == options(HALVES["es"])
    assert {words[0] for words in commands(HALVES["en"])} == SAID.keys()
    for half in HALVES.values():
        assert len(re.findall(r"^\| ", half, re.MULTILINE)) == 8
        for said in ("The published files are not those of this database", "Everything holds"):
            assert said in half


@pytest.mark.parametrize("language", HALVES)
def test_every_command_of_the_guide_works_as_it_is_printed(
    officer: Officer, language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    officer.does("cut", "--month", NOVEMBER)  # last month's
    secret = add_officer(officer.crowd, "ana@fiscalia.example")
    assert Path(officer.settings["CASESTATUS_RELEASES"]).is_absolute()
    for later, words in enumerate(commands(HALVES[language])):
        officer.waits(later)
        told = officer.does(*words, typing=signature("ana@fiscalia.example", secret, later=later))
        assert SAID[words[0]] in told
    assert [release.name for release in officer.crowd.releases()] == [NOVEMBER, DECEMBER, f"{NOVEMBER}-e2"]


def test_in_production_the_folder_of_the_setting_is_checked(officer: Officer) -> None:
    officer.does("cut")
    del officer.settings["CASESTATUS_AS_OF"]
    officer.settings["CASESTATUS_ENVIRONMENT"] = "production"
    assert "Everything holds" in officer.does("verify")
