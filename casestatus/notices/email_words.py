"""The words of e-mails, in text and HTML: they say as little as an SMS; no link, image, preview line (pages.md §5)."""

from dataclasses import dataclass
from datetime import date

from casestatus.errors import N_
from casestatus.notices.words import WITHOUT_CODE_WORD, Kind, Variant, folder_of
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
    starts_on: date | None = None,
) -> EmailWords:
    """One e-mail. Only the recognisable variant names `institution`; the text ends with its reference.

    `starts_on`: the day on which a change of her contacts begins to hold.
    """
    words, folder = Wording.of(language), folder_of(kind, variant)
    named = institution if variant == "recognisable" else None
    given = {"institution": named, "code_word": None if kind in WITHOUT_CODE_WORD else code_word, "variant": variant}
    given |= {"reference": reference, "starts_on": words.day(starts_on) if starts_on else None}
    given |= {"code": code} if code else {}
    subject = words.render(f"notices/{folder}/subject.txt", institution=named, variant=variant).strip()
    return EmailWords(
        sender=named or words.gettext(SENDER),
        subject=subject,
        text=words.render(f"notices/{folder}/body.txt", **given).strip(),
        html=words.render(f"notices/{folder}/body.html", subject=subject, **given),
    )
