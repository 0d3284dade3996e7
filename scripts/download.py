"""Download one public file."""

from jangdan.jobs.job import job

with job(snakemake):
    from jangdan.download import fetch

    fetch(snakemake.params.url, snakemake.output.file, digests=snakemake.params.digests)
