"""Attacks on the open data. Each is run on tables without noise, to prove that it is able, and on our releases."""

import csv
import gzip
import hashlib
import io
import math
from collections import Counter
from collections.abc import Callable, Sequence
from random import Random
from statistics import NormalDist, fmean

import numpy as np
from scipy.optimize import linprog

from casestatus.statistics.domain import Cell
from casestatus.statistics.noise import noised
from casestatus.statistics.tables import TABLES
from tests.attack.outcome import Outcome
from tests.attack.scene import CRIMES, OFFICES, PLACES, Month, a_month, row_of

OFFICE = OFFICES[0].code
Attack = Callable[[int], Outcome]


def subtracting(tries: int) -> Outcome:
    """She knows that one case came in, and takes the office's running totals before from those after it.

    Without protection, totals are stated anew when the case comes, and the difference is the case. Here the difference
    of two releases is a whole noised month; what she expects of it she takes from the months before.
    """
    chance, right = Random(1), Counter[str]()
    for _ in range(tries):
        history = [a_month(chance, cases=30) for _ in range(6)]
        usual = [fmean(numbers) for numbers in zip(*(month.row(OFFICE) for month in history), strict=True)]
        month, crime = a_month(chance, cases=30), chance.choice(CRIMES)
        before = month.row(OFFICE)
        without = row_of(month.released("T1")["T1"], OFFICE)
        month.add_case(OFFICE, crime)
        right["control"] += crime == _most(month.row(OFFICE), before)
        right["blind"] += crime == _most(without, usual)
        right["learned"] += crime == _most(row_of(month.released("T1")["T1"], OFFICE), usual)
    return _outcome("subtract one release from the next", tries, right, able=0.99, least=_best_pick())


def _best_pick() -> float:
    """How often the greatest of all crimes' cells is hers for a reader who knows every other case: the chance that
    N(1, sigma²) exceeds as many N(0, sigma²) as there are other crimes. It is all that one noised table can give away.
    """
    normal, shift = NormalDist(), 1 / TABLES["T1"].sigma(1)
    steps = [step / 100 for step in range(-800, 801)]
    return sum(normal.cdf(step) ** (len(CRIMES) - 1) * normal.pdf(step - shift) / 100 for step in steps)


def averaging(tries: int) -> Outcome:
    """She downloads a cell again and again, in every release that holds it, and averages the noise away.

    Without one draw for ever, each release has fresh noise, and 120 of them are enough. Here all are one number.
    """
    chance, right = Random(2), Counter[str]()
    for _ in range(tries):
        true = chance.randint(0, 12)
        once = noised([true], sigma=2)[0]
        right["control"] += true == round(fmean(noised([true] * 120, sigma=2)))
        right["blind"] += true == once
        right["learned"] += true == round(fmean([once] * 120))
    return _outcome("average what many releases say of a cell", tries, right, able=0.97)


def solving(tries: int) -> Outcome:
    """She solves for small cells by linear programming, with all sums that the tables give her.

    Without noise, cells below 4 are left out, and sums by office and by crime are exact: programs squeeze most of them
    out. Here she finds the counts >= 0 nearest to all noised cells and sums. Blind is the commonest small count.
    """
    chance, right, guesses = Random(3), Counter[str](), 0
    for _ in range(tries):
        true = _dense_table(chance)
        hidden = [(row, column) for row in range(4) for column in range(12) if true[row][column] < 4][:4]
        if not hidden:
            continue
        squeezed, solved = _squeezed(true), _nearest(true)
        for row, column in hidden:
            guesses += 1
            right["control"] += squeezed.get((row, column)) == true[row][column]
            right["blind"] += true[row][column] == 3
            right["learned"] += round(solved[row, column]) == true[row][column]
    return _outcome("solve for small cells by linear programs", guesses, right, able=0.8)


def _dense_table(chance: Random) -> np.ndarray:
    """Four offices by twelve crimes; about one cell in twenty is small, most often 3."""
    small = [0, 1, 2, 3, 3, 3]
    numbers = [chance.choice(small) if chance.random() < 0.05 else chance.randint(10, 60) for _ in range(48)]
    return np.array(numbers).reshape(4, 12)


def _squeezed(true: np.ndarray) -> dict[tuple[int, int], int]:
    """The suppressed cells whose least and greatest possible values are one."""
    unknown = [(row, column) for row in range(4) for column in range(12) if true[row][column] < 4]
    sums, exact = [], []
    for axis in (0, 1):
        for at in range(true.shape[axis]):
            members = [cell[axis] == at for cell in unknown]
            if any(members):
                sums.append([float(member) for member in members])
                exact.append(sum(true[cell] for cell in unknown if cell[axis] == at))
    found = {}
    for number, cell in enumerate(unknown):
        aim = [float(number == each) for each in range(len(unknown))]
        ends = [
            linprog([sign * one for one in aim], A_eq=sums, b_eq=exact, bounds=[(0, 3)] * len(unknown)).fun
            for sign in (1, -1)
        ]
        if round(ends[0]) == round(-ends[1]):
            found[cell] = round(ends[0])
    return found


def _nearest(true: np.ndarray) -> np.ndarray:
    """Least absolute deviations from noised cells (sigma 2), office sums (sigma 2) and crime sums (sigma 5)."""
    rows, columns = true.shape
    size = true.size
    cells = [[float(at == each) for each in range(size)] for at in range(size)]
    offices = [[float(each // columns == at) for each in range(size)] for at in range(rows)]
    crimes = [[float(each % columns == at) for each in range(size)] for at in range(columns)]
    known = np.array([*cells, *offices, *crimes])
    told = np.array(
        [
            *noised([int(cell) for cell in true.ravel()], sigma=2),
            *noised([int(each) for each in true.sum(axis=1)], sigma=2),
            *noised([int(each) for each in true.sum(axis=0)], sigma=5),
        ]
    )
    weights = [1 / 2] * (size + rows) + [1 / 5] * columns
    off = np.eye(len(told))
    solved = linprog(
        [0.0] * size + weights,
        A_ub=np.block([[known, -off], [-known, -off]]),
        b_ub=[*told, *(-told)],
        bounds=[(0, None)] * (size + len(told)),
    )
    return solved.x[:size].reshape(rows, columns)


def weighing(tries: int) -> Outcome:
    """She opens no file, but weighs them: does an office's cell hold 9 or 10? Without noise one byte tells.

    Here the size is that of the noised file, packed or not, and so is the time that its transfer takes.
    """
    chance, right = Random(4), Counter[str]()
    cell = Cell(OFFICE, CRIMES[7])
    months = {number: a_month(Random(9), cases=20) for number in (9, 10)}
    for number, month in months.items():
        month.true["T1"][PLACES["T1"][cell]] = number
    plain = {number: _weight(month.true["T1"]) for number, month in months.items()}
    learnt = {number: [_weight(month.released("T1")["T1"]) for _ in range(tries)] for number, month in months.items()}
    for _ in range(tries):
        number = chance.choice((9, 10))
        right["control"] += number == _likelier(_weight(months[number].true["T1"]), {n: [w] for n, w in plain.items()})
        right["blind"] += number == 9
        right["learned"] += number == _likelier(_weight(months[number].released("T1")["T1"]), learnt)
    return _outcome("weigh the files instead of reading them", tries, right, able=0.99, least=0.5)


def fingerprinting(tries: int) -> Outcome:
    """She knows every count but one, makes the file for each number that it may be, and compares the digests with the
    ETag. Without noise one of them is the file's. Here the file never holds the true counts.
    """
    chance, right = Random(6), Counter[str]()
    at = PLACES["T1"][Cell(OFFICE, CRIMES[7])]
    month = a_month(chance, cases=20)
    counts = list(month.true["T1"])
    made = {number: _etag([*counts[:at], number, *counts[at + 1 :]]) for number in range(21)}
    for _ in range(tries):
        month.true["T1"][at] = chance.randint(0, 20)
        right["control"] += made[month.true["T1"][at]] == _etag(month.true["T1"])
        right["blind"] += month.true["T1"][at] == 10
        right["learned"] += made[month.true["T1"][at]] == _etag(month.released("T1")["T1"])
    return _outcome("compare digests with the ETag", tries, right, able=0.99)


def knowing_all_others(tries: int) -> Outcome:
    """The strongest reader there can be: she knows every other case, all the noise's laws, and asks of one case only
    whether it is there, with one event in each table that a month has. The guarantee is made for her.
    """
    chance, right = Random(5), Counter[str]()
    month, with_her = Month(), Month()
    with_her.add_case(OFFICE, CRIMES[7])
    with_her.add("T2", Cell(OFFICE, stage="inicio"))
    with_her.add("T4", Cell(crime=CRIMES[7], stage="inicio"))
    for _ in range(tries):
        there = chance.random() < 0.5
        truth = with_her if there else month
        right["control"] += there == _is_there(truth.true, with_her)
        right["blind"] += chance.random() < 0.5
        right["learned"] += there == _is_there(truth.released(), with_her)
    rho = sum(1 / (2 * TABLES[name].sigma(1) ** 2) for name in month.true)
    allowed = NormalDist().cdf(math.sqrt(2 * rho) / 2)
    return _outcome("know all other cases: is she there?", tries, right, able=0.99, least=allowed)


def _is_there(told: dict[str, list[int]], with_her: Month) -> bool:
    """The likelihood ratio of her being there, for cells that are otherwise empty."""
    return (
        sum(
            (2 * told[name][at] - 1) / (2 * TABLES[name].sigma(1) ** 2)
            for name, counts in with_her.true.items()
            for at, count in enumerate(counts)
            if count
        )
        > 0
    )


def _most(numbers: Sequence[float], usual: Sequence[float]) -> str:
    """The crime that stands out most."""
    above = [number - each for number, each in zip(numbers, usual, strict=True)]
    return CRIMES[above.index(max(above))]


def _weight(counts: list[int]) -> int:
    """The bytes of the counts as a file, plain and packed."""
    body = _body(counts)
    return 1_000 * len(body) + len(gzip.compress(body, mtime=0))


def _etag(counts: list[int]) -> str:
    return hashlib.sha256(_body(counts)).hexdigest()


def _body(counts: list[int]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([count] for count in counts)
    return text.getvalue().encode()


def _likelier(weight: int, learnt: dict[int, list[int]]) -> int:
    """The number whose files weigh more like this one."""
    distance = {number: abs(weight - fmean(weights)) for number, weights in learnt.items()}
    return min(distance, key=lambda number: distance[number])


def _outcome(attack: str, tries: int, right: Counter[str], *, able: float, least: float = 0.0) -> Outcome:
    shares = {name: right[name] / tries for name in ("control", "blind", "learned")}
    return Outcome(attack=attack, tries=tries, able=able, allowed=max(least, shares["blind"]), **shares)


ATTACKS: dict[str, tuple[Attack, int, int]] = {  # with its tries in the suite, and in `make attack`
    "subtracting": (subtracting, 150, 2_000),
    "averaging": (averaging, 250, 4_000),
    "solving": (solving, 80, 1_000),
    "weighing": (weighing, 150, 2_000),
    "fingerprinting": (fingerprinting, 100, 1_000),
    "knowing all others": (knowing_all_others, 150, 2_000),
}
