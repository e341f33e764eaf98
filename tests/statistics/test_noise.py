"""The noise is the discrete Gaussian that the method names, and nothing in this room draws any other."""

import ast
import itertools
import math
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from scipy.stats import chi2

import casestatus.statistics
from casestatus.statistics.noise import gaussian, noised
from casestatus.statistics.tables import TABLES

CELLS = 100_000
FAR = 5.3  # standard deviations: a right sampler fails one test in 8 million
RARE = 1e-7
ROOM = Path(casestatus.statistics.__file__).parent


def share_of(number: int, sigma: int) -> float:
    """P(N_Z(0, sigma²) = number), by its definition."""
    whole = sum(math.exp(-(each**2) / (2 * sigma**2)) for each in range(-40 * sigma, 40 * sigma + 1))
    return math.exp(-(number**2) / (2 * sigma**2)) / whole


@pytest.fixture(scope="module", params=[2, 5])
def drawn(request: pytest.FixtureRequest) -> tuple[int, list[int]]:
    return request.param, noised([7_919] * CELLS, sigma=request.param)


def test_mean_and_variance_agree_with_the_discrete_gaussian(drawn: tuple[int, list[int]]) -> None:
    sigma, cells = drawn
    noise = [cell - 7_919 for cell in cells]
    spread = sum(number**2 * share_of(number, sigma) for number in range(-20 * sigma, 20 * sigma + 1))
    mean = sum(noise) / CELLS
    variance = sum((number - mean) ** 2 for number in noise) / (CELLS - 1)
    assert abs(mean) < FAR * math.sqrt(spread / CELLS)
    assert abs(variance - spread) < FAR * spread * math.sqrt(2 / CELLS)


def test_every_value_comes_as_often_as_it_should(drawn: tuple[int, list[int]]) -> None:
    sigma, cells = drawn
    often = [number for number in range(-4 * sigma, 4 * sigma + 1) if CELLS * share_of(number, sigma) >= 10]
    found = Counter(cell - 7_919 for cell in cells)
    wanted = {number: CELLS * share_of(number, sigma) for number in often}
    rest, rest_wanted = CELLS - sum(found[number] for number in often), CELLS - sum(wanted.values())
    distance = sum((found[number] - wanted[number]) ** 2 / wanted[number] for number in often)
    distance += (rest - rest_wanted) ** 2 / rest_wanted
    assert distance < chi2.ppf(1 - RARE, df=len(often))


def test_neighbours_are_drawn_independently(drawn: tuple[int, list[int]]) -> None:
    sigma, cells = drawn
    noise = [cell - 7_919 for cell in cells]
    together = sum(one * other for one, other in itertools.pairwise(noise)) / (CELLS - 1)
    assert abs(together) < FAR * sigma**2 / math.sqrt(CELLS)


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("edition", [1, 2])
def test_opendp_s_own_map_says_what_a_table_costs(name: str, edition: int) -> None:
    table = TABLES[name]
    sigma = table.sigma(edition)
    assert gaussian(sigma).map(math.sqrt(table.events)) == pytest.approx(table.events / (2 * sigma**2), rel=1e-12)


def test_no_other_chance_and_no_seed_is_in_the_room() -> None:
    imported = {
        (file.name, name.split(".")[0])
        for file in ROOM.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        for name in _imports(node)
    }
    assert {name for name in imported if name[1] in {"random", "secrets", "numpy", "uuid_utils"}} == set()
    assert {file for file, name in imported if name == "opendp"} == {"noise.py"}


def test_processes_that_were_one_or_have_one_seed_draw_apart() -> None:
    """Nothing that a process inherits or is told decides a draw: neither seeds nor the state that a fork copies."""
    drawing = (
        "import os, random, numpy; random.seed(1); numpy.random.seed(1)\n"
        "from casestatus.statistics.noise import noised\n"
        "noised([0], sigma=5)\n"
        "child = os.fork()\n"
        "told = str(noised([0] * 64, sigma=5))\n"
        "child and os.waitpid(child, 0)\n"
        "print(told, flush=True)\n"
    )
    same = {"PATH": os.environ["PATH"], "PYTHONHASHSEED": "0"}
    runs = [
        subprocess.run([sys.executable, "-c", drawing], env=same, capture_output=True, text=True, check=True)
        for _ in range(2)
    ]
    assert len({line for run in runs for line in run.stdout.splitlines()}) == 4


def _imports(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
