"""The law's words that people will hear, in plain ones."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from casestatus.cases.procedure_model import Words


@cache
def glossary() -> Mapping[str, Words]:
    """Each word of the law (Spanish, as it will be heard) with what it means, by language."""
    text = files("casestatus.cases").joinpath("procedures", "glossary.toml").read_text("utf-8")
    words: dict[str, Words] = tomllib.loads(text)
    return words
