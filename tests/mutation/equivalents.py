"""Changes that change nothing: the same program by other words. They count neither way, and each stands here by name.

An entry holds only while its name still means that change and no test notices it.
"""

import tomllib
from collections.abc import Iterator, Mapping, Set
from pathlib import Path

from mutmut.mutation.diff_apply import get_diff_for_mutant

from tests.mutation.verdicts import SURVIVED

LISTED = Path(__file__).with_name("equivalents.toml")


def equivalents() -> Mapping[str, str]:
    """The changed lines, by the names of the changes."""
    entries = tomllib.loads(LISTED.read_text("utf-8")).get("change", [])
    assert all(entry.keys() == {"name", "now", "why"} for entry in entries)
    return {entry["name"]: entry["now"] for entry in entries}


def wrong_entries(verdicts: Mapping[str, int | None]) -> Iterator[str]:
    """What is to be struck out of the list, and why."""
    for name, now in equivalents().items():
        if name not in verdicts:
            yield f"{name}: there is no such change any more"
        elif now not in changed_lines(name):
            yield f"{name}: it changes something else now"
        elif verdicts[name] not in {SURVIVED, None}:
            yield f"{name}: a test notices it, so it is no equivalent"


def changed_lines(name: str) -> Set[str]:
    """The lines that the change writes."""
    lines = get_diff_for_mutant(name).splitlines()
    return {line[1:].strip() for line in lines if line.startswith("+") and not line.startswith("+++")}
