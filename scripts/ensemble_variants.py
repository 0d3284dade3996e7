"""Mean effects of the variants of a VCF over all folds and seeds of a model."""

from jangdan.jobs.job import job

with job(snakemake):
    from jangdan.jobs.ensemble_variants import ensemble_effects

    ensemble_effects(snakemake.input.arrays, snakemake.output.table)
