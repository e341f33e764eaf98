"""How fast the service is: ratios measured side by side in one run, so that the machine's speed cancels out."""
