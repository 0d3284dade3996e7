"""Metrics: one record per module, found by folder."""
