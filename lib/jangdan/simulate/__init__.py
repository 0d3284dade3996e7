"""The simulated demo, with a known truth."""
