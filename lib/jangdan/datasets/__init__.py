"""Datasets: numpy-like, 4D, named; what models are fed with."""
