"""Releases as files that everybody can read, check and harvest: written once, signed, never rewritten."""
