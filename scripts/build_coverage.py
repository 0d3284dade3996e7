"""BAM, bigWig or BED files to one raw coverage dataset file."""

from jangdan.pipeline.job import job

with job(snakemake):
    from jangdan.pipeline.build import coverage_file

    files = dict(zip(snakemake.params.conditions, snakemake.input.files, strict=True))
    genome = {"fasta": snakemake.input.fasta, "aliases": snakemake.params.aliases}
    windows = {**snakemake.params.windows, "roi": snakemake.input.get("roi") or None}
    coverage_file(files, snakemake.params.options, genome, snakemake.output.dataset, windows=windows)
