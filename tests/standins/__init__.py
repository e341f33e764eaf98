"""Honest stand-ins for the providers: servers of our own on real sockets that behave as the providers say they do."""
