"""Normalization of coverage, with parameters that are fitted once, kept, and reused."""
