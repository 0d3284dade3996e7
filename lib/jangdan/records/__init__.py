"""Registries of records, and the options that they take. Standard library only: the Snakefile imports it."""
