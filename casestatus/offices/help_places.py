"""Who helps victims near them, by state: read from help_places.toml, and from the operator's file of the same form."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from casestatus.wording import LANGUAGES, Language

FEDERAL = "federal"  # the region of those who help in the whole country


def _in_every_language(words: dict[Language, str]) -> dict[Language, str]:
    if missing := [language for language in LANGUAGES if not words.get(language, "").strip()]:
        raise ValueError(f"has no words in {', '.join(missing)}")
    return words


Words = Annotated[dict[Language, str], AfterValidator(_in_every_language)]
Name = Annotated[str, Field(min_length=3, max_length=200)]


class HelpFileBroken(Exception):
    """A file of places that help can't be used; the text names the file, the entry and what is wrong with it."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class _Entry(_Strict):
    """A place as a file gives it; the fields are explained in help_places.toml."""

    name: Name
    gives: list[str] = Field(min_length=1)
    phone: str = Field("", pattern=r"^(\+?[0-9][0-9 ]{2,18})?$")
    hours: Words | None = None
    shows_on_bill: bool | None = None
    verified: bool = False


class _File(_Strict):
    states: dict[str, Name] = {}
    gives: dict[str, Words] = {}
    place: dict[str, dict[str, _Entry]] = {}

    def with_changes_of(self, other: "_File") -> "_File":
        """This file, where the other one's entries replace those of the same name and its new ones are added."""
        regions = {**self.place, **other.place}
        return _File(
            states=self.states | other.states,
            gives=self.gives | other.gives,
            place={region: self.place.get(region, {}) | other.place.get(region, {}) for region in regions},
        )


@dataclass(frozen=True)
class HelpPlace:
    """An institution that helps victims. `shows_on_bill` is None where nobody knows whether a call is on the bill."""

    name: str
    gives: tuple[Mapping[Language, str], ...]
    phone: str
    hours: Mapping[Language, str] | None
    shows_on_bill: bool | None
    verified: bool


@dataclass(frozen=True)
class HelpPlaces:
    """The places by region; `states` are their names by INEGI's code, in its order."""

    states: Mapping[str, str]
    by_region: Mapping[str, tuple[HelpPlace, ...]]

    @property
    def federal(self) -> tuple[HelpPlace, ...]:
        """Those who help in the whole country."""
        return self.by_region[FEDERAL]

    def near(self, region: str) -> tuple[HelpPlace, ...]:
        """The state's own first, then those of the whole country; only these when the office told no state."""
        return (self.by_region[region] if region in self.states else ()) + self.federal


def help_places(own_file: str = "") -> HelpPlaces:
    """Our places, replaced and added to by the operator's file if one is named. Raises HelpFileBroken."""
    ours = _read(files("casestatus.offices").joinpath("help_places.toml").read_text("utf-8"), "help_places.toml")
    if not own_file:
        return _places(ours, "help_places.toml")
    try:
        text = Path(own_file).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise HelpFileBroken(f"{own_file}: can't be read: {problem}") from problem
    return _places(ours.with_changes_of(_read(text, own_file)), own_file)


def _read(text: str, file_name: str) -> _File:
    try:
        return _File.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as problem:
        raise HelpFileBroken(f"{file_name}: is no TOML: {problem}") from problem
    except ValidationError as problem:
        found = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in problem.errors()]
        raise HelpFileBroken(f"{file_name}: {'; '.join(found)}") from problem


def _places(file: _File, file_name: str) -> HelpPlaces:
    regions = (FEDERAL, *file.states)
    for region in file.place:
        _require(region in regions, f"{file_name}: place.{region}: no state has this code")
    for region in regions:
        _require(bool(file.place.get(region)), f"{file_name}: place.{region}: nobody helps there")
    return HelpPlaces(
        states=file.states,
        by_region={
            region: tuple(
                _place(entry, file.gives, f"{file_name}: place.{region}.{name}")
                for name, entry in file.place[region].items()
            )
            for region in regions
        },
    )


def _place(entry: _Entry, gives: Mapping[str, Mapping[Language, str]], at: str) -> HelpPlace:
    unknown = [code for code in entry.gives if code not in gives]
    _require(not unknown, f"{at}.gives: {', '.join(unknown)} stands not in [gives]")
    return HelpPlace(
        name=entry.name,
        gives=tuple(gives[code] for code in entry.gives),
        phone=entry.phone,
        hours=entry.hours,
        shows_on_bill=entry.shows_on_bill,
        verified=entry.verified,
    )


def _require(holds: bool, problem: str) -> None:
    if not holds:
        raise HelpFileBroken(problem)
