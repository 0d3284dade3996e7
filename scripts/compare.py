"""Scores of all models, folds and seeds in one table and one figure."""

from jangdan.jobs.job import job

with job(snakemake):
    from jangdan.jobs.compare import compare

    given = snakemake.input
    compare(given.metrics, given.targets, snakemake.params.conditions, dict(snakemake.output.items()))
