"""The words of messages. Somebody else may read them, so they never say what the case is about (pages.md §5)."""

import unicodedata
from typing import Literal

from casestatus.wording import Language, Wording

LONGEST_SMS = 160
LONGEST_INSTITUTION = 20
LONGEST_CODE_WORD = 12

Kind = Literal["confirm", "notice", "correction", "stall", "stop", "help"]
WITHOUT_CODE_WORD = frozenset({"confirm", "stop", "help"})  # she is waiting for these, and knows them by that
Variant = Literal["neutral", "recognisable"]


class TextUnsendable(ValueError):
    """The words don't fit one plain SMS; the text itself is left out, for it may hold a code."""


def sms_text(
    kind: Kind,
    language: Language,
    variant: Variant,
    *,
    reference: str,
    code: str | None = None,
    institution: str | None = None,
    code_word: str | None = None,
) -> str:
    """One SMS of at most 160 ASCII characters. Only the recognisable variant names `institution`.

    Raises `TextUnsendable`.
    """
    named = _plain(institution or "", LONGEST_INSTITUTION) if variant == "recognisable" else ""
    given = {"institution": named, "reference": reference} | ({"code": code} if code else {})
    text = Wording.of(language).render(f"notices/{kind}/sms.txt", **given).strip()
    if code_word and kind not in WITHOUT_CODE_WORD:
        text = f"{_plain(code_word, LONGEST_CODE_WORD)}. {text}"
    if not text.isascii() or len(text) > LONGEST_SMS or not text.isprintable():
        raise TextUnsendable(kind)
    return text


def _plain(text: str, longest: int) -> str:
    """`text` without accents, shortened: one letter outside the networks' basic alphabet cuts an SMS to 70 signs."""
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return folded[:longest].rstrip()
