"""Scores of all models, folds and seeds in one table and one figure."""

from jangdan.pipeline.job import job

with job(snakemake):
    from jangdan.pipeline.compare import compare

    compare(snakemake.input.metrics, snakemake.params.conditions, dict(snakemake.output.items()))
