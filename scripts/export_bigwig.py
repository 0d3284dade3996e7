"""Predictions of one condition, of one run or of all folds and seeds together, to a bigWig."""

from jangdan.jobs.job import job

with job(snakemake):
    from jangdan.jobs.export_bigwig import export_track
    from jangdan.storage.dataset_file import load

    chromsizes = load(snakemake.input.genome).layout.contigs.sizes
    export_track(snakemake.input.predictions, snakemake.wildcards.condition, chromsizes, snakemake.output.track)
