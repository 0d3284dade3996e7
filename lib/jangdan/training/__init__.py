"""Feeding and fitting models."""
