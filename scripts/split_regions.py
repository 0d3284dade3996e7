"""Training, validation and test regions of a fold, by chromosome."""

from jangdan.pipeline.job import job

with job(snakemake):
    from jangdan.pipeline.regions import split_regions

    split_regions(snakemake.input.bed, snakemake.params.parts, dict(snakemake.output.items()))
