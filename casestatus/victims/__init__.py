"""Victims' accesses to cases, their proceedings and their contacts."""
