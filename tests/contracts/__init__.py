"""Contracts: what every kind of values, array, dataset and wrapper must keep, whatever it is made of."""
