"""How good predictions are: scores with confidence intervals, and curves. Needs no deep-learning framework."""
