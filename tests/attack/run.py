"""`make attack`: every attack with its full numbers. Ends with 1 when one of them learns what it must not."""

import sys

from tests.attack.attacks import ATTACKS


def main() -> int:
    broken = 0
    for attack, _, tries in ATTACKS.values():
        outcome = attack(tries)
        broken += not outcome.held
        sys.stdout.write(f"{outcome}\n")
        sys.stdout.flush()
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main())
