"""A sheet of Letter paper: its fonts and margins, and what can be drawn on it. It knows no form."""

import logging
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.resources import files

from fpdf import FPDF, FontFace
from fpdf.enums import XPos, YPos

MARGIN = 18.0
BODY_PT, HEADING_PT, HINT_PT, SMALL_PT = 11.0, 12.5, 10.0, 9.0
LINE_PER_PT = 0.3528 * 1.32  # mm of line height for each point of letter height
INK, GREY = 20, 95  # the grey has a contrast of 6:1 on white
WRITTEN_MM, RULE_MM = 7.2, 8.5  # from one line of handwriting to the next
SIGNATURE_MM = 27.0
NEVER = datetime(2000, 1, 1, tzinfo=UTC)  # fpdf2 wants a moment; when she made the paper is nobody's matter
FONTS = files("casestatus.letters") / "fonts"
logging.getLogger("fpdf").setLevel(logging.ERROR)  # its warnings name letters that the fonts lack: of her number, say


class Paper(FPDF):
    """Sizes are in mm, letters in points. `footnote` stands at the foot of every page."""

    def __init__(self, *, title: str, language: str, footnote: str) -> None:
        super().__init__(unit="mm", format="Letter")
        self.footnote = footnote
        self.set_margin(MARGIN)
        self.c_margin = 0  # text begins where the lines begin
        self.set_auto_page_break(auto=True, margin=MARGIN + 4)
        self.set_line_width(0.15)
        for style, name in (("", "regular.ttf"), ("B", "bold.ttf")):
            self.add_font("letters", style, str(FONTS / name))
        self.set_title(title)
        self.set_lang(language)
        self.set_producer("")
        self.set_creation_date(NEVER)

    def footer(self) -> None:
        """fpdf2 calls this at the end of each page."""
        self.set_y(-MARGIN - 2)
        self._write(self.footnote, SMALL_PT, grey=GREY, align="C")

    def heading(self, text: str) -> None:
        self._write(text, HEADING_PT, style="B")

    def paragraph(self, text: str) -> None:
        """Text to be filled in by hand: its blanks become long enough to write on, and its lines far enough apart."""
        height = WRITTEN_MM if "_" in text else BODY_PT * LINE_PER_PT
        self._write(re.sub("_+", lambda blank: "_" * 3 * len(blank[0]), text), BODY_PT, height=height)

    def hint(self, text: str) -> None:
        """Words for her, which are no part of the request."""
        self._write(text, HINT_PT, style="B")

    def gloss(self, text: str) -> None:
        """The translation of what stands above it, in as little room as it needs."""
        self._write(text.replace("\n", " "), SMALL_PT, grey=GREY)

    def gap(self, height: float) -> None:
        self.ln(height)

    def rules(self, count: int) -> None:
        """Empty lines to write on."""
        for _ in range(count):
            self.ln(RULE_MM)
            self.line(self.l_margin, self.y, self.w - self.r_margin, self.y)
        if count:
            self.ln(3)

    def rows(self, headings: Sequence[str], cells: Sequence[Sequence[str]], *, widths: Sequence[int]) -> None:
        """A table whose headings stand again on each page."""
        self.set_font("letters", "", SMALL_PT)
        self.set_text_color(INK)
        bold = FontFace(emphasis="BOLD")
        options = {"col_widths": tuple(widths), "line_height": SMALL_PT * LINE_PER_PT, "padding": 1, "text_align": "L"}
        with self.table([headings, *cells], headings_style=bold, **options):
            pass

    def signatures(self, left: str, right: str) -> None:
        """Room to sign, and a box for the office's stamp, each named beneath its edge."""
        width = (self.epw - 8) / 2
        if self.will_page_break(SIGNATURE_MM + 12):
            self.add_page()
        top, stamp_x = self.y, self.l_margin + width + 8
        self.line(self.l_margin, top + SIGNATURE_MM, self.l_margin + width, top + SIGNATURE_MM)
        self.rect(stamp_x, top, width, SIGNATURE_MM)
        for x, text in ((self.l_margin, left), (stamp_x, right)):
            self.set_xy(x, top + SIGNATURE_MM + 1)
            self._write(text, SMALL_PT, width=width)
        self.set_x(self.l_margin)

    def _write(
        self,
        text: str,
        points: float,
        *,
        style: str = "",
        grey: int = INK,
        align: str = "L",
        width: float = 0,
        height: float | None = None,
    ) -> None:
        self.set_font("letters", style, points)
        self.set_text_color(grey)
        # A box and its choice stay on one line.
        tied = re.sub(r"☐ [^☐:.]+(?=[ :.])", lambda choice: choice[0].replace(" ", "\N{NO-BREAK SPACE}"), text)
        self.multi_cell(width, height or points * LINE_PER_PT, tied, align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
