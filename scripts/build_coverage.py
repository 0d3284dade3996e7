"""BAM, CRAM, fragment, bigWig, bedGraph or region files to one raw coverage dataset file."""

from jangdan.jobs.job import job

with job(snakemake):
    from jangdan.jobs.build import coverage_file

    files = {name: [] for name in snakemake.params.conditions}
    for name, path in zip(snakemake.params.conditions, snakemake.input.files, strict=True):
        files[name].append(path)
    genome = {"fasta": snakemake.input.fasta, "aliases": snakemake.params.aliases}
    windows = {**snakemake.params.windows, "roi": snakemake.input.get("roi") or None}
    coverage_file(files, snakemake.params.options, genome, snakemake.output.dataset, windows=windows)
