"""One table of all results: what, where, and its key figure."""

from jangdan.pipeline.job import job

with job(snakemake):
    from jangdan.pipeline.summarize import summarize

    summarize(dict(snakemake.input.items()), snakemake.output.table)
