"""Cases, their numbers, proceedings, timelines, stages and crimes."""
