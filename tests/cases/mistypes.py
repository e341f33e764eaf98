"""Case numbers like those that offices write, and the ways in which people type them (domain: mistypes to expect)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

MONTHS = ("enero", "feb", "marzo", "abril", "may", "junio", "jul", "agosto", "septiembre", "oct", "nov", "diciembre")
LOOKALIKES = str.maketrans({"0": "O", "1": "l", "5": "S", "8": "B"})


@dataclass(frozen=True)
class Part:
    """A segment of a number and the sign after it. `kind` says what people do to it."""

    kind: str
    text: str
    after: str = "/"


Number = tuple[Part, ...]


def spelled(number: Number) -> str:
    return "".join(part.text + part.after for part in number).strip("/-. ")


def a_number(draw: Random) -> Number:
    """One of the shapes of Mexican offices, from a narrow choice, so that numbers resemble each other."""
    return draw.choice([_carpeta, _inquiry_of_2012, _inquiry_of_1999, _federal, _plain])(draw)


def _carpeta(draw: Random) -> Number:
    area = draw.choice(["CUH", "IZP", "FDS"])
    agency = draw.choice([f"{area}-{draw.randint(1, 3)}", str(draw.randint(10, 19)), "A"])
    head = (Part("prefix", "CI", "-"), Part("word", f"FI{area}"), Part("word", agency))
    return (*head, *_unit(draw), _serial(draw), *_date(draw, range(2016, 2027)))


def _inquiry_of_2012(draw: Random) -> Number:
    head = (Part("word", draw.choice(["FACI", "FIDS"])), Part("word", str(draw.randint(50, 59))))
    return (*head, *_unit(draw), _serial(draw), *_date(draw, range(2008, 2016)))


def _inquiry_of_1999(draw: Random) -> Number:
    year, month = draw.randint(1993, 1999), draw.randint(1, 12)
    head = (Part("word", "FPC"), Part("serial", str(draw.randint(70, 79))))
    return (
        *head,
        Part("serial", f"{draw.randint(1, 300):03}"),
        Part("short_year", str(year)[2:], "-"),
        _month(month, ""),
    )


def _federal(draw: Random) -> Number:
    head = (Part("word", "FED"), Part("word", draw.choice(["SEIDO", "MEX"])), Part("word", "UEIDMS-MICH"))
    return (*head, Part("serial", f"{draw.randint(1, 300):07}"), _year(draw.randint(2014, 2026), ""))


def _plain(draw: Random) -> Number:
    return (
        Part("prefix", "C.I.", " "),
        Part("serial", str(draw.randint(12000, 12300))),
        _year(draw.randint(2016, 2026), ""),
    )


def _unit(draw: Random) -> tuple[Part, Part]:
    return Part("word", f"UI-{draw.randint(1, 3)}", " "), Part("custody", draw.choice(["S/D", "C/D"]))


def _serial(draw: Random) -> Part:
    return Part("serial", f"{draw.randint(1, 150):05}")


def _date(draw: Random, years: range) -> tuple[Part, Part]:
    return _month(draw.randint(1, 12), "-"), _year(draw.choice(years), "")


def _month(month: int, after: str) -> Part:
    return Part("month", f"{month:02}", after)


def _year(year: int, after: str) -> Part:
    return Part("year", str(year), after)


def mistyped(number: Number, draw: Random) -> str:
    """The number as somebody might type it: one to four things happen to its parts, and up to two to the whole."""
    for change in draw.sample(PART_CHANGES, draw.randint(1, 4)):
        number = change(number, draw)
    typed = spelled(number)
    for twist in draw.sample(WHOLE_CHANGES, draw.randint(0, 2)):
        typed = twist(typed, draw)
    return typed


def _each(kind: str, change: Callable[[str, Random], str]) -> Callable[[Number, Random], Number]:
    def changed(number: Number, draw: Random) -> Number:
        return tuple(replace(part, text=change(part.text, draw)) if part.kind == kind else part for part in number)

    return changed


def _custody(text: str, draw: Random) -> str:
    letter, word = (text[0], "con" if text[0] == "C" else "sin")
    signs = ["-", ".", " ", "\\", "", " / "]
    return draw.choice([f"{letter}{sign}D" for sign in signs] + [f"{letter}.D.", f"{word} detenido", text.lower()])


def _lookalike(text: str, draw: Random) -> str:
    return "".join(sign.translate(LOOKALIKES) if draw.random() < 0.5 else sign for sign in text)


def _without_zeros(text: str, draw: Random) -> str:
    return text.lstrip("0") or "0"


def _short_year(number: Number, draw: Random) -> Number:
    """`04-26`: only where the month comes first, as in 09-04 nobody could tell which is which."""
    if [part.kind for part in number[-2:]] != ["month", "year"]:
        return number
    return (*number[:-1], replace(number[-1], text=number[-1].text[2:]))


def _named_month(text: str, draw: Random) -> str:
    return MONTHS[int(text) - 1] if text.isdecimal() else text


def _other_signs(number: Number, draw: Random) -> Number:
    sign = draw.choice(["\\", "-", ".", " ", "–", "—", " / ", "⁄"])
    return tuple(replace(part, after=sign if part.after == "/" else part.after) for part in number)


def _glued_custody(number: Number, draw: Random) -> Number:
    at = next((at for at, part in enumerate(number) if part.kind == "custody"), None)
    return number if not at else (*number[: at - 1], replace(number[at - 1], after=""), *number[at:])


def _lost(kind: str) -> Callable[[Number, Random], Number]:
    def without(number: Number, draw: Random) -> Number:
        kept = tuple(part for part in number if part.kind != kind)
        return tuple(replace(part, after=part.after or "/") for part in kept)

    return without


def _swapped_date(number: Number, draw: Random) -> Number:
    kinds = [part.kind for part in number]
    if kinds[-2:] != ["month", "year"] or len(number[-1].text) != 4:
        return number
    return (*number[:-2], replace(number[-1], after=draw.choice(["-", "/"])), replace(number[-2], after=""))


def _label(typed: str, draw: Random) -> str:
    labels = ["Carpeta núm. ", "Expediente ", "No. ", "Número: ", "NUC ", "Carpeta de investigación no. ", "Exp. "]
    return draw.choice(labels) + typed


def _case(typed: str, draw: Random) -> str:
    return draw.choice([typed.lower(), typed.upper(), typed.title()])


def _blanks(typed: str, draw: Random) -> str:
    return "".join(f" {sign} " if sign in "/-" and draw.random() < 0.5 else sign for sign in typed)


def _decorated(typed: str, draw: Random) -> str:
    return draw.choice([f"«{typed}»", f"  {typed}  ", f'"{typed}".', typed.replace("/", "/\u200b"), f"{typed} Bis"])


PART_CHANGES = [
    _each("custody", _custody),
    _each("serial", _lookalike),
    _each("year", _lookalike),
    _each("serial", _without_zeros),
    _each("month", _without_zeros),
    _each("month", _named_month),
    _each("month", _lookalike),
    _short_year,
    _other_signs,
    _glued_custody,
    _swapped_date,
    _lost("prefix"),
    _lost("custody"),
]
WHOLE_CHANGES = [_label, _case, _blanks, _decorated]


def twin(number: Number) -> Number:
    """The number of another case that differs only in whether somebody was held, or in its prefix."""
    other = {"S/D": "C/D", "C/D": "S/D", "C.I.": "A.P."}
    return tuple(replace(part, text=other.get(part.text, part.text)) for part in number)
