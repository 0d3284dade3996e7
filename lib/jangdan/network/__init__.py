"""Models by name that take datasets as they are, how they are scored, and where the scores go."""
