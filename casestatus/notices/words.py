"""The words of messages. Somebody else may read them, so they never say what the case is about (pages.md §5)."""

import unicodedata
from typing import Literal

from casestatus.errors import N_
from casestatus.wording import Language, Wording

LONGEST_SMS = 160
LONGEST_INSTITUTION = 20
LONGEST_CODE_WORD = 12

Kind = Literal["confirm", "notice", "reminder", "stall", "correction", "contact_changed", "stop", "help"]
WITHOUT_CODE_WORD = frozenset({"confirm", "stop", "help"})  # she is waiting for these, and knows them by that
Variant = Literal["neutral", "recognisable", "account", "inbox", "record"]
DISGUISES = frozenset({"account", "inbox", "record"})  # her choice: a message that looks like anybody's
DISGUISED_KINDS = frozenset({"notice", "reminder", "stall"})
SEEN = N_(" Responde 1 si lo viste.")


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
    asks_reply: bool = False,
) -> str:
    """One SMS of at most 160 ASCII characters. Only the recognisable variant names `institution`.

    `asks_reply`: it asks for a `1`, where that fits and disguises nothing. Raises `TextUnsendable`.
    """
    words = Wording.of(language)
    named = _plain(institution or "", LONGEST_INSTITUTION) if variant == "recognisable" else ""
    given = {"institution": named, "reference": reference, "variant": variant} | ({"code": code} if code else {})
    text = words.render(f"notices/{folder_of(kind, variant)}/sms.txt", **given).strip()
    if code_word and kind not in WITHOUT_CODE_WORD:
        text = f"{_plain(code_word, LONGEST_CODE_WORD)}. {text}"
    if asks_reply and variant not in DISGUISES:
        text = _asking(text, words.gettext(SEEN), reference)
    if not text.isascii() or len(text) > LONGEST_SMS or not text.isprintable():
        raise TextUnsendable(kind)
    return text


def folder_of(kind: Kind, variant: Variant) -> str:
    """Where the words of this kind stand, for every channel: disguised ones are alike for all that may be disguised."""
    return "disguised" if variant in DISGUISES and kind in DISGUISED_KINDS else kind


def _asking(text: str, question: str, reference: str) -> str:
    """With the question before the reference, by which a message is known and so always ends; as it was if too long."""
    end = f" Ref {reference}"
    asking = text.removesuffix(end) + question + end
    return asking if len(asking) <= LONGEST_SMS else text


def _plain(text: str, longest: int) -> str:
    """`text` without accents, shortened: one letter outside the networks' basic alphabet cuts an SMS to 70 signs."""
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return folded[:longest].rstrip()
