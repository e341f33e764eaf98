"""The codes that an update's details may hold, with their words: causes, outcomes, ways and authorities."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from casestatus.cases.procedure_model import Words

LIST_OF_DETAIL = {"cause": "causes", "outcome": "outcomes", "how": "how", "to_authority": "authorities"}


@cache
def code_lists() -> Mapping[str, Mapping[str, Words]]:
    """Every list of code_lists.toml: list name -> code -> words by language."""
    source = files("casestatus.cases").joinpath("procedures", "code_lists.toml")
    lists: dict[str, dict[str, Words]] = tomllib.loads(source.read_text("utf-8"))
    return lists


def codes_of_detail(detail: str) -> frozenset[str] | None:
    """All codes of a coded detail; None for a detail that is not coded (a date, a number, an office)."""
    name = LIST_OF_DETAIL.get(detail)
    return frozenset(code_lists()[name]) if name else None


def words_of_code(detail: str, code: str) -> Words:
    """The words of a code of a coded detail. KeyError for an unknown one: details are checked when they come."""
    return code_lists()[LIST_OF_DETAIL[detail]][code]
