"""Normalizers by name: one record per module, found by folder."""
