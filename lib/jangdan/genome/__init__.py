"""Coordinates: intervals, chromosomes, region tables, windows. 0-based, half-open throughout."""
