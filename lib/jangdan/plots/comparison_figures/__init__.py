"""Figures that compare models, one file each."""
