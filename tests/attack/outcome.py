"""What an attack learned, beside what it learns without any protection, what a blind guess does, and what is proven."""

from dataclasses import dataclass

from scipy.stats import binom

ONCE_IN = 1e-7  # so seldom does chance alone let an attack seem better than it may be


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Shares of right guesses. `control`: the same attack on tables without noise; `able` is what it must reach there.

    `blind` is the best guess of somebody who has not looked, `allowed` the best that anybody can do who has. `blindly`:
    the attack looks where there is nothing to be had, and is held to the blind guess.
    """

    attack: str
    tries: int
    control: float
    able: float
    blind: float
    learned: float
    allowed: float
    blindly: bool = False

    @property
    def luck(self) -> float:
        """How likely so many right guesses or more are, were the attack just as good as it may be."""
        most = self.blind if self.blindly else self.allowed
        return float(binom.sf(round(self.learned * self.tries) - 1, self.tries, most))

    @property
    def figures(self) -> dict[str, str]:
        """In per cent, as the method page and docs/statistics.md tell them."""
        told = {"unprotected": self.control, "blind": self.blind, "here": self.learned, "allowed": self.allowed}
        return {name: f"{100 * share:.1f}" for name, share in told.items()}

    @property
    def held(self) -> bool:
        """The attack works where nothing protects, and learns here no more than it may."""
        return self.control >= self.able and self.luck > ONCE_IN

    def __str__(self) -> str:
        return (
            f"{self.attack:<58} unprotected {self.control:6.1%}   blind {self.blind:6.1%}   "
            f"here {self.learned:6.1%} (allowed {self.allowed:6.1%})   {'held' if self.held else 'BROKEN'}"
        )
