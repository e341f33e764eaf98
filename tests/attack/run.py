"""`make attack`: all attacks with full numbers, which the method page tells. Ends with 1 when one learns too much."""

import json
import sys
from pathlib import Path

from casestatus.statistics.noise import noised
from tests.attack.attacks import ATTACKS

FIGURES = Path(__file__).parents[2] / "casestatus" / "statistics" / "portal" / "attacks.json"


def main() -> int:
    broken, figures = 0, {}
    for name, (attack, _, tries) in ATTACKS.items():
        outcome = attack(tries, noised)
        broken += not outcome.held
        figures[name] = outcome.figures
        sys.stdout.write(f"{outcome}\n")
        sys.stdout.flush()
    if not broken:
        FIGURES.write_text(json.dumps(figures, indent=1) + "\n", encoding="ascii")
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main())
