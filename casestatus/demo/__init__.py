"""A small country on one machine: made-up cases in the published proportions, to try the service out."""
