"""One table of all results: what, where, and its key figure."""

from jangdan.jobs.job import job

with job(snakemake):
    from jangdan.jobs.summarize import summarize

    summarize(dict(snakemake.input.items()), snakemake.output.table)
