"""How far a published number can be trusted: its interval, and whether it stands clear of the noise. Pure."""

Z95 = 1.96


def interval(measured: int, sigma: int) -> tuple[int, int]:
    """`measured` ± 1.96 sigma: ±4 for sigma 2, ±10 for sigma 5."""
    half = round(Z95 * sigma)
    return measured - half, measured + half


def is_reliable(measured: int, sigma: int) -> bool:
    """At least 3 sigma: of cells that are truly empty two or three in a thousand pass."""
    return measured >= 3 * sigma
