"""Case status for victims of crime: what moved, what it means, and what can be done now."""

__version__ = "0.1.0"
