"""Every text for people exists in both languages."""

from os import PathLike
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
LOCALES = ROOT / "casestatus" / "locales"


@pytest.fixture(scope="module")
def source_texts() -> dict[str, str]:
    """Every marked text (a plural by its singular) and where it stands."""
    with (LOCALES / "babel.cfg").open() as lines:
        methods, options = parse_mapping_cfg(lines)
    texts = {}
    for name, _, text, _, _ in extract_from_dir(
        ROOT, methods, options, keywords=DEFAULT_KEYWORDS | {"N_": None}, directory_filter=_is_ours
    ):
        texts[text if isinstance(text, str) else text[0]] = name
    return texts


def _is_ours(folder: str | PathLike[str]) -> bool:
    inside = Path(folder).resolve().relative_to(ROOT).parts
    return not inside or inside[0] in {"casestatus", "templates"}


@pytest.fixture(scope="module")
def english() -> Catalog:
    with (LOCALES / "en" / "LC_MESSAGES" / "casestatus.po").open("rb") as lines:
        return read_po(lines, locale="en", abort_invalid=True)


def _texts(catalogue: Catalog) -> set[str]:
    return {message.id if isinstance(message.id, str) else message.id[0] for message in catalogue if message.id}


def test_every_text_has_its_english(source_texts: dict[str, str], english: Catalog) -> None:
    translated = {text for text in _texts(english) if (found := english.get(text)) and found.string}
    assert {text: place for text, place in source_texts.items() if text not in translated} == {}


def test_the_catalogue_holds_nothing_that_no_page_says(source_texts: dict[str, str], english: Catalog) -> None:
    assert _texts(english) - source_texts.keys() == set()


def test_translations_keep_their_placeholders(english: Catalog) -> None:
    assert [(message.id, problem) for message in english for problem in message.check()] == []
    assert not [message.id for message in english if message.id and message.fuzzy]
