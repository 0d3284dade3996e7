"""Training, validation and test regions of a fold, by chromosome."""

from jangdan.jobs.job import job

with job(snakemake):
    from jangdan.jobs.regions import split_regions

    split_regions(snakemake.input.roi, snakemake.params.parts, dict(snakemake.output.items()))
