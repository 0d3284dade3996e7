"""Losses of the workflow: one record per module, found by folder."""
