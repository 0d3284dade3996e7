"""Download one public file."""

from jangdan.pipeline.job import job

with job(snakemake):
    from jangdan.pipeline.download import fetch

    fetch(snakemake.params.url, snakemake.output.file, digests=snakemake.params.digests)
