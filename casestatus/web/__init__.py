"""The only room that knows HTTP: one file per door, one door per audience."""
