"""Mean effects of the variants of a VCF over all folds and seeds of a model."""

from jangdan.pipeline.job import job

with job(snakemake):
    from jangdan.pipeline.ensemble import ensemble_effects

    ensemble_effects(snakemake.input.arrays, snakemake.output.table)
