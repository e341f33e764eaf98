"""Papers for her hands: printable requests and a neutral reminder, made in memory and never stored."""
