"""Scores of arrays by name."""
