"""What an attack learned, beside what it learns without any protection and what a blind guess does."""

import math
from dataclasses import dataclass

FAR = 5.3  # standard deviations that chance may explain: once in eight million tries


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Shares of right guesses. `control`: the same attack on tables without noise; `able` is what it must reach there.

    `blind` is a guess by somebody who has not seen the case's own contribution; `allowed` what the method's guarantee
    leaves to the attack (for most: nothing beyond the blind guess).
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
    def held(self) -> bool:
        """The attack works where nothing protects, and fails here."""
        return self.control >= self.able and self.learned <= self.allowed + self.chance

    def __str__(self) -> str:
        return (
            f"{self.attack:<58} unprotected {self.control:6.1%}   blind {self.blind:6.1%}   "
            f"here {self.learned:6.1%} (allowed {self.allowed:6.1%})   {'held' if self.held else 'BROKEN'}"
        )
