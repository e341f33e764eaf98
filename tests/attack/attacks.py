"""Attacks on the open data. Each runs with the noise that it is given: with none, to prove it able; and with ours.

Blind is the best guess of somebody who hasn't looked, but knows how likely each answer is; allowed is the best that
the proof leaves to anybody who has (bounds.py). Both are exact, never what some program happens to reach.
"""

import csv
import gzip
import hashlib
import io
import itertools
from collections import Counter
from collections.abc import Callable, Sequence
from random import Random
from statistics import fmean

import numpy as np

from casestatus.statistics.domain import Cell
from casestatus.statistics.noise import noised
from casestatus.statistics.tables import EDITIONS, TABLES
from tests.attack.bounds import best_guess, best_pick, is_there
from tests.attack.outcome import Outcome
from tests.attack.published import MONTHS, MOST, SLUGS, Published, a_year
from tests.attack.scene import CRIMES, OFFICES, PLACES, Noise, a_month, exact

OFFICE = OFFICES[0].code
Attack = Callable[[int, Noise], Outcome]
Shares = dict[str, float]


def subtracting(tries: int, noise: Noise) -> Outcome:
    """She takes each office's running totals by crime in one release from those in the next, and from that every case
    that she knows: what is left is the one case whose crime she asks for.
    """
    chance = Random(1)
    with a_year(chance, offices=-(-tries // (len(MONTHS) - 1))) as country:
        shares = _with_and_without(country, noise, _subtracted)
        return _outcome(
            "subtract one release from the next", len(country.hers), 1 / len(SLUGS), shares, able=0.99,
            allowed=best_pick(len(SLUGS), [TABLES["T1"].sigma(1)]),
        )  # fmt: skip


def _subtracted(country: Published) -> float:
    """The share of cases whose crime she names."""
    right = 0
    for before, after in itertools.pairwise(country.releases):
        totals = [Counter[tuple[str, str]]() for _ in range(2)]
        for total, release in zip(totals, (before, after), strict=True):
            for (_, office, crime), count in country.read(release).items():
                total[office, crime] += count
        month = after.months[-1]
        for office in {office for _, office in country.hers}:
            left = {
                crime: totals[1][office, crime] - totals[0][office, crime] - country.known[month, office, crime]
                for crime in SLUGS
            }
            right += max(left, key=lambda crime: left[crime]) == country.hers[month, office]
    return right / len(country.hers)


def averaging(tries: int, noise: Noise) -> Outcome:
    """She reads a cell of the first month in every release of the year, and averages the noise away.

    Against a service that draws anew for each release that works: it is the control. Here all twelve are one draw, and
    the most that one draw leaves is the likeliest number by it.
    """
    chance = Random(2)
    with a_year(chance, offices=-(-tries // len(SLUGS))) as country:
        if noise is exact:
            country.take_the_noise_away()
        read = [country.read(release) for release in country.releases]
        learned = _averaged(country, read)
        control = _averaged(country, [_anew(country.truth) for _ in country.releases])
        even = [1 / (MOST + 1)] * (MOST + 1)
        return _outcome(
            "average what many releases say of a cell", len(country.truth), even[0],
            {"control": control, "learned": learned}, able=0.5, allowed=best_guess(even, [TABLES["T1"].sigma(1)]),
        )  # fmt: skip


def _anew(truth: dict[tuple[str, str, str], int]) -> dict[tuple[str, str, str], int]:
    """What a service says that draws noise for every release."""
    return dict(zip(truth, noised(list(truth.values()), sigma=TABLES["T1"].sigma(1)), strict=True))


def _averaged(country: Published, read: Sequence[dict[tuple[str, str, str], int]]) -> float:
    """The share of cells whose number she names: the mean, which lies between none and the greatest that there is."""
    return fmean(
        true == min(max(round(fmean(each[cell] for each in read)), 0), MOST) for cell, true in country.truth.items()
    )


def _with_and_without(country: Published, noise: Noise, attack: Callable[[Published], float]) -> Shares:
    """The attack on what was published, and on the same without its noise."""
    learned = attack(country)
    country.take_the_noise_away()
    control = attack(country)
    return {"control": control, "learned": control if noise is exact else learned}


def solving(tries: int, noise: Noise) -> Outcome:
    """She solves for small cells with all that tells of them: their own numbers, and the sums by office and by crime.

    A cell below 4 is 3 as often as it is 0, 1 or 2; she knows that, and which cells are small, and takes the likeliest
    number under all of it (its posterior; cells that share its sums weigh in with what is known of them).
    """
    chance, right, guesses = Random(3), Counter[str](), 0
    for _ in range(tries):
        true = _dense_table(chance)
        hidden = [(row, column) for row in range(4) for column in range(12) if true[row][column] < SMALL][:4]
        solved = {name: _likeliest(true, told_by) for name, told_by in (("control", exact), ("learned", noise))}
        for row, column in hidden:
            guesses += 1
            for name, numbers in solved.items():
                right[name] += int(numbers[row, column] == true[row][column])
    shares = {name: right[name] / guesses for name in ("control", "learned")}
    return _outcome(
        "solve for small cells with all their sums", guesses, max(CHANCES), shares, able=0.99,
        allowed=best_guess(CHANCES, SIGMAS),
    )  # fmt: skip


SMALL = 4
CHANCES = (1 / 6, 1 / 6, 1 / 6, 1 / 2)
SIGMAS = (2, 2, 5)  # of a cell, of the sum of its office and of the sum of its crime


def _dense_table(chance: Random) -> np.ndarray:
    """Four offices by twelve crimes; about one cell in twenty is small, most often 3."""
    small = [0, 1, 2, 3, 3, 3]
    numbers = [chance.choice(small) if chance.random() < 0.05 else chance.randint(10, 60) for _ in range(48)]
    return np.array(numbers).reshape(4, 12)


def _likeliest(true: np.ndarray, noise: Noise) -> np.ndarray:
    """The likeliest number of each cell, as if it were small; as it stands where all sums add up, so no noise."""
    cells = np.array(noise([int(cell) for cell in true.ravel()], sigma=SIGMAS[0])).reshape(true.shape)
    told = {
        axis: np.array(noise([int(each) for each in true.sum(axis=axis)], sigma=sigma))
        for axis, sigma in ((1, SIGMAS[1]), (0, SIGMAS[2]))
    }
    if all((cells.sum(axis=axis) == sums).all() for axis, sums in told.items()):
        return cells
    small = true < SMALL
    possible = np.arange(SMALL)
    odds = np.log(CHANCES) - (cells[..., None] - possible) ** 2 / (2 * SIGMAS[0] ** 2)
    weights = np.exp(odds - odds.max(axis=2, keepdims=True))
    weights /= weights.sum(axis=2, keepdims=True)
    mean = np.where(small, weights @ possible, cells)
    spread = np.where(small, weights @ possible**2 - (weights @ possible) ** 2, SIGMAS[0] ** 2)
    for (axis, sums), sigma in zip(told.items(), SIGMAS[1:], strict=True):
        rest = np.expand_dims(sums, axis) - (mean.sum(axis=axis, keepdims=True) - mean)
        unsure = spread.sum(axis=axis, keepdims=True) - spread + sigma**2
        odds -= (rest[..., None] - possible) ** 2 / (2 * unsure[..., None])
    return odds.argmax(axis=2)


def weighing(tries: int, noise: Noise) -> Outcome:
    """She opens no file, but weighs them: does an office's cell hold 9 or 10? Without noise one byte tells.

    Here the size is that of the noised file, packed or not, and so is the time that its transfer takes.
    """
    chance, right = Random(4), Counter[str]()
    months = {number: a_month(Random(9), cases=20) for number in (9, 10)}
    for number, month in months.items():
        month.true["T1"][PLACES["T1"][Cell(OFFICE, CRIMES[7])]] = number
    for name, told_by, practice in (("control", exact, 1), ("learned", noise, tries)):
        learnt = {
            number: [_weight(month.released(told_by, "T1")["T1"]) for _ in range(practice)]
            for number, month in months.items()
        }
        for _ in range(tries):
            number = chance.choice((9, 10))
            right[name] += number == _likelier(_weight(months[number].released(told_by, "T1")["T1"]), learnt)
    return _counted(
        "weigh the files instead of reading them", tries, 0.5, right, able=0.99,
        allowed=is_there([TABLES["T1"].sigma(1)]), blindly=True,
    )  # fmt: skip


def fingerprinting(tries: int, noise: Noise) -> Outcome:
    """She knows every count but one, makes the file for each number that it may be, and compares the digests with the
    ETag. Without noise one of them is the file's. Here hardly ever one is, and then she guesses.
    """
    chance, right = Random(6), Counter[str]()
    at = PLACES["T1"][Cell(OFFICE, CRIMES[7])]
    month = a_month(chance, cases=20)
    counts = list(month.true["T1"])
    made = {_etag([*counts[:at], number, *counts[at + 1 :]]): number for number in range(21)}
    for _ in range(tries):
        month.true["T1"][at] = number = chance.randint(0, 20)
        for name, told_by in (("control", exact), ("learned", noise)):
            right[name] += number == made.get(_etag(month.released(told_by, "T1")["T1"]), 10)
    return _counted(
        "compare digests with the ETag", tries, 1 / 21, right, able=0.99,
        allowed=best_guess([1 / 21] * 21, [TABLES["T1"].sigma(1)]), blindly=True,
    )  # fmt: skip


def knowing_all_others(tries: int, noise: Noise) -> Outcome:
    """The strongest reader there can be: she knows every other case, all the noise's laws, and asks of one case only
    whether it is there, with one event in each table that a month has. The guarantee is made for her.
    """
    return _asking("know all others: is she there? (one month)", {"T1": 1, "T1s": 1, "T2": 1, "T4": 1}, 1, tries, noise)


def reading_both_editions(tries: int, noise: Noise) -> Outcome:
    """The same reader, of a whole life: all eight stages, in all six tables, each published twice (edition 1 and 2)."""
    events = {table.name: table.events for table in TABLES.values()}
    return _asking("know all others, both editions, her whole life", events, 2, tries, noise)


def _asking(attack: str, events: dict[str, int], editions: int, tries: int, noise: Noise) -> Outcome:
    """Is she there? By the likelihood ratio of her own cells; all other cells tell a reader nothing whom nothing else
    is hidden from, and hers hold what is left when the others are taken away: 1, or 0.
    """
    chance, right = Random(5), Counter[str]()
    sigmas = [
        (TABLES[name].sigma(edition), number) for name, number in events.items() for edition in EDITIONS[:editions]
    ]
    for _ in range(tries):
        there = chance.random() < 0.5
        for name, told_by in (("control", exact), ("learned", noise)):
            ratio = sum(
                (2 * told - 1) / (2 * sigma**2)
                for sigma, number in sigmas
                for told in told_by([int(there)] * number, sigma=sigma)
            )
            right[name] += there == (ratio > 0)
    cells = [sigma for sigma, number in sigmas for _ in range(number)]
    return _counted(attack, tries, 0.5, right, able=0.99, allowed=is_there(cells))


def timing(tries: int, noise: Noise) -> Outcome:
    """She knows everybody else in a row of T5, and reads both its editions: how long was the one case in its stage?"""
    return _picking("know all others: how long did she wait? (T5)", "T5", 7, tries, noise)


def ending(tries: int, noise: Noise) -> Outcome:
    """The same of T3: with which outcome did the one case end at this office?"""
    return _picking("know all others: how did it end? (T3)", "T3", len(OUTCOMES), tries, noise)


OUTCOMES = sorted({str(cell.outcome) for cell in PLACES["T3"] if cell.outcome})


def _picking(attack: str, table: str, options: int, tries: int, noise: Noise) -> Outcome:
    """Which of so many cells holds her? The greatest, after both editions were weighed by their precision."""
    chance, right = Random(7), Counter[str]()
    sigmas = [TABLES[table].sigma(edition) for edition in EDITIONS]
    for _ in range(tries):
        hers = chance.randrange(options)
        true = [int(at == hers) for at in range(options)]
        for name, told_by in (("control", exact), ("learned", noise)):
            read = [told_by(true, sigma=sigma) for sigma in sigmas]
            weighed = [
                sum(number / sigma**2 for number, sigma in zip(cell, sigmas, strict=True))
                for cell in zip(*read, strict=True)
            ]
            right[name] += weighed.index(max(weighed)) == hers
    return _counted(attack, tries, 1 / options, right, able=0.99, allowed=best_pick(options, sigmas))


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


def _counted(
    attack: str,
    tries: int,
    blind: float,
    right: Counter[str],
    *,
    able: float,
    allowed: float,
    blindly: bool = False,
) -> Outcome:
    shares = {name: right[name] / tries for name in ("control", "learned")}
    return _outcome(attack, tries, blind, shares, able=able, allowed=allowed, blindly=blindly)


def _outcome(
    attack: str, tries: int, blind: float, shares: Shares, *, able: float, allowed: float, blindly: bool = False
) -> Outcome:
    return Outcome(attack=attack, tries=tries, able=able, blind=blind, allowed=allowed, blindly=blindly, **shares)


ATTACKS: dict[str, tuple[Attack, int, int]] = {  # with its tries in the suite, and in `make attack`
    "subtracting": (subtracting, 66, 550),
    "averaging": (averaging, 300, 3_000),
    "solving": (solving, 80, 1_000),
    "weighing": (weighing, 150, 2_000),
    "fingerprinting": (fingerprinting, 100, 1_000),
    "knowing all others": (knowing_all_others, 400, 4_000),
    "both editions": (reading_both_editions, 400, 4_000),
    "timing": (timing, 300, 4_000),
    "ending": (ending, 300, 4_000),
}
