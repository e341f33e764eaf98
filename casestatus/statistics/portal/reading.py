"""Published tables and code books as the pages read them: line by line, from files that never change."""

import csv
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from casestatus.statistics.publishing.codebook import LISTS, names_apart, read_codebook
from casestatus.statistics.publishing.formats import cell_of, text_of
from casestatus.wording import Language


def matching(path: Path, asked: Mapping[str, str], places: range) -> tuple[list[dict[str, str]], int]:
    """The matching rows at these places, and how many match. The file is read line by line: none of it stays."""
    shown, found = [], 0
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if all(row[column] == cell_of(value) for column, value in asked.items()):
                if found in places:
                    shown.append({name: text_of(cell) or "" for name, cell in row.items()})
                found += 1
    return shown, found


@lru_cache(maxsize=8)
def labels(path: Path, language: Language) -> dict[str, dict[str, str]]:
    """Words of each column's codes. Crimes and crime groups share a column."""
    codes = read_codebook(path.read_bytes())
    words: dict[str, dict[str, str]] = {}
    for name, listed in LISTS.items():
        column = "delito" if name == "groups" else listed
        listed_codes = getattr(codes, name)
        named = (
            names_apart(listed_codes, language)
            if name == "offices"
            else {c.code: getattr(c, language) for c in listed_codes}
        )
        words.setdefault(column, {}).update(named)
    return words
