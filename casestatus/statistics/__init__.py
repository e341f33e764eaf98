"""What may be counted of a case, and how it is set aside."""
