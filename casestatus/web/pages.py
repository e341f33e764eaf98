"""The frame that every page shares, and how a page becomes text."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from casestatus.web.asset_files import asset_url
from casestatus.wording import LANGUAGES, Language, Wording


@dataclass(frozen=True)
class Frame:
    """What stands around a page. `institution` is named only where that betrays nothing; `to_check` marks a form;
    `apart` a page that was written as a file, where there is no service to leave or to ask.
    """

    language: Language
    path: str
    service_name: str
    signed_in: bool = False
    csrf_token: str = ""
    institution: str | None = None
    to_check: bool = False
    apart: bool = False

    @property
    def other_language(self) -> str:
        """The link that shows this page in the other language."""
        other = next(language for language in LANGUAGES if language != self.language)
        return f"/idioma/{other}?volver={quote(self.path)}"


@dataclass(frozen=True)
class Found:
    """A problem that a form has, in words; `field` is None when no single field can mend it."""

    words: str
    field: str | None = None


def render_page(frame: Frame, template_name: str, **context: Any) -> str:
    """The page in the frame's language."""
    return Wording.of(frame.language).render(template_name, frame=frame, asset=asset_url, **context)
