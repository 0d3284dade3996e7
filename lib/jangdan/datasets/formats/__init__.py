"""Formats of coverage files: one record per module, found by folder."""
