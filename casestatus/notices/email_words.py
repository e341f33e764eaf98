"""The words of e-mails, in text and HTML: they say as little as an SMS; no link, image, preview line (pages.md §5)."""

from dataclasses import dataclass

from casestatus.errors import N_
from casestatus.notices.words import WITHOUT_CODE_WORD, Kind, Variant
from casestatus.wording import Language, Wording

SENDER = N_("Avisos")


@dataclass(frozen=True)
class EmailWords:
    """What she reads: from whom, about what, and the same words twice."""

    sender: str
    subject: str
    text: str
    html: str


def email_words(
    kind: Kind,
    language: Language,
    variant: Variant,
    *,
    reference: str,
    code: str | None = None,
    institution: str | None = None,
    code_word: str | None = None,
) -> EmailWords:
    """One e-mail. Only the recognisable variant names `institution`; the text ends with its reference."""
    words = Wording.of(language)
    named = institution if variant == "recognisable" else None
    given = {"institution": named, "code_word": None if kind in WITHOUT_CODE_WORD else code_word}
    given |= {"reference": reference} | ({"code": code} if code else {})
    subject = words.render(f"notices/{kind}/subject.txt", institution=named).strip()
    return EmailWords(
        sender=named or words.gettext(SENDER),
        subject=subject,
        text=words.render(f"notices/{kind}/body.txt", **given).strip(),
        html=words.render(f"notices/{kind}/body.html", subject=subject, **given),
    )
