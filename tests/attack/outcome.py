"""What an attack learned, beside what it learns without any protection and what a blind guess does."""

import math
from dataclasses import dataclass

FAR = 5.3  # standard deviations that chance may explain: once in eight million tries


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Shares of right guesses. `control`: the same attack on tables without noise; `able` is what it must reach there.

    `blind` is a guess by somebody who has not looked; `allowed` what the guarantee leaves to the best reader there can
    be, or the blind guess where there is nothing to be had.
    """

    attack: str
    tries: int
    control: float
    able: float
    blind: float
    learned: float
    allowed: float

    @property
    def chance(self) -> float:
        """How much more than `allowed` luck alone may show, in the learned share and in the one it is compared with."""
        share = min(0.5, max(self.allowed, 0.02))
        return FAR * math.sqrt(2 * share * (1 - share) / self.tries)

    @property
    def figures(self) -> dict[str, str]:
        """In per cent, as the method page and docs/statistics.md tell them."""
        told = {"unprotected": self.control, "blind": self.blind, "here": self.learned, "allowed": self.allowed}
        return {name: f"{100 * share:.1f}" for name, share in told.items()}

    @property
    def held(self) -> bool:
        """The attack works where nothing protects, and fails here."""
        return self.control >= self.able and self.learned <= self.allowed + self.chance

    def __str__(self) -> str:
        return (
            f"{self.attack:<58} unprotected {self.control:6.1%}   blind {self.blind:6.1%}   "
            f"here {self.learned:6.1%} (allowed {self.allowed:6.1%})   {'held' if self.held else 'BROKEN'}"
        )
