"""From what a person typed to the segments of a case number: letter case, signs, labels and the trap of S/D."""

import re
import unicodedata
from collections.abc import Mapping

from casestatus.errors import N_, FieldProblem, Unprocessable

MAX_SIGNS = 120
SLASHES = dict.fromkeys(map(ord, "\\⁄∕⧸╱"), "/")
LABELS = (
    "CARPETA DE INVESTIGACION", "CARPETA JUDICIAL", "CARPETA", "AVERIGUACION PREVIA", "AVERIGUACION", "EXPEDIENTE",
    "NUMERO UNICO DE CAUSA", "NUMERO DE CASO", "NUMERO", "NUM", "NUC", "EXP", "CASO",
)  # fmt: skip
LABEL = re.compile(rf"(?:{'|'.join(LABELS)})[ .:#°-]+|NO?[.:#°][ .:#°]*|NO |[#:.]+ ?")
MONTH_OF_YEAR = re.compile(
    r"\b((?:ENE|FEB|MAR|ABR|MAY|JUN|JUL|AGO|SEP|SET|OCT|NOV|DIC)[A-Z]*)[ ./-]+DEL?[ ./-]+(?=\d{2})"
)
CUSTODY_MARK = re.compile(r"(?:(?<=\d)|\b)(?:(S) ?D|(C) ?D|(SIN|CON) DETENID[OA]S?)\b")
SEGMENT = re.compile(r"[^\W_]+")
BLANKS = dict.fromkeys(map(ord, "\t\n\v\f\r\x85"), " ")  # what Word and spreadsheets paste along
SOFT_HYPHEN = re.compile(r"(?<=\w)\u00ad(?=\w)")  # Word's optional hyphen, typed where the paper has one
DASHES = "−⁃˗"  # those that Unicode doesn't count among the dashes
DOTTED_PREFIX = re.compile(r"(C)\. ?(I)(?:\.|(?=[ /:-]))|(A)\. ?(P)(?:\.|(?=[ /:-]))|(CI|AP)(?=[ .:]+[CA]\. ?[IP])")


class NumberUnreadable(Unprocessable):
    """A case number that nobody could have written: empty, too long, or with signs that aren't printed."""

    type = "number-unreadable"
    title = N_("No se puede leer ese número de caso.")


EMPTY = N_("Escribe el número como está en el papel: letras, números, guiones y diagonales.")
TOO_LONG = N_("Es demasiado largo: puede tener hasta %(limit)s signos.")
CONTROL_SIGN = N_("Tiene un signo que no se imprime. Escríbelo otra vez en una sola línea.")


def plain_number(text: str) -> str:
    """What was typed, in capitals without accents, quotes and labels. Raises NumberUnreadable."""
    plain = plain_text(_printed(text.translate(BLANKS).strip()))
    number = _tidied(_without_labels(MONTH_OF_YEAR.sub(r"\1 ", plain)))
    if len(number) > MAX_SIGNS:
        raise _unreadable(TOO_LONG, {"limit": MAX_SIGNS})
    if not SEGMENT.search(number):
        raise _unreadable(EMPTY)
    return number


def tokens(number: str) -> tuple[str, ...]:
    """The segments of a plain number, its custody mark as one `SD` or `CD`.

    The slash inside S/D is the trap, so it is looked for only behind the unit (`UI…`): an agency's code is left alone.
    """
    found = SEGMENT.findall(number)
    at = next((at for at, token in enumerate(found) if re.fullmatch(r"UI(\d.*)?", token)), None)
    if at is None:
        return tuple(found)
    unit_and_rest = " ".join([found[at][2:], *found[at + 1 :]])
    return (*found[:at], "UI", *_custody_joined(unit_and_rest).split())


def plain_text(text: str) -> str:
    """NFKC in capitals, with one kind of dash, slash and blank; no accents, quotes or invisible signs (rule 1)."""
    text = SOFT_HYPHEN.sub("-", text.translate(BLANKS).replace("´", ""))
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).upper())
    return _tidied("".join(map(_plain_sign, text)).translate(SLASHES))


def _printed(text: str) -> str:
    if len(text) > 4 * MAX_SIGNS or len(unicodedata.normalize("NFKC", text)) > MAX_SIGNS:
        raise _unreadable(TOO_LONG, {"limit": MAX_SIGNS})
    if any(unicodedata.category(sign) in ("Cc", "Cs", "Co", "Cn") for sign in text):
        raise _unreadable(CONTROL_SIGN)
    return text


def _tidied(text: str) -> str:
    return re.sub(r" *([/-]) *", r"\1", re.sub(r"\s+", " ", text)).strip()


def _plain_sign(sign: str) -> str:
    category = unicodedata.category(sign)
    if category == "Pd" or sign in DASHES:
        return "-"
    if category in ("Mn", "Me", "Cf", "Lm", "Sk", "Pi", "Pf") or sign in "'\"":
        return ""  # accents, invisible signs, quotes
    return str(unicodedata.decimal(sign)) if category == "Nd" else sign


def _without_labels(text: str) -> str:
    """`text` without leading words such as "Carpeta núm."; what "C.I." and "A.P." abbreviate stays as a prefix."""
    while label := LABEL.match(text):
        text = text[label.end() :]
    if dotted := DOTTED_PREFIX.match(text):
        prefix = "".join(filter(None, dotted.groups()))
        return f"{prefix} {_without_labels(text[dotted.end() :].lstrip(' .:-/'))}"
    return text


def _custody_joined(unit_and_rest: str) -> str:
    """The last mark, also one glued to the unit's number (`2SD`), as a token of its own."""
    marks = list(CUSTODY_MARK.finditer(unit_and_rest))
    if not marks:
        return unit_and_rest
    letter = next(filter(None, marks[-1].groups()))[0]
    return f"{unit_and_rest[: marks[-1].start()]} {letter}D {unit_and_rest[marks[-1].end() :]}"


def _unreadable(why: str, params: Mapping[str, int] | None = None) -> NumberUnreadable:
    return NumberUnreadable(fields=(FieldProblem("case_number", why, params),))
