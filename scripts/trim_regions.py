"""Regions of interest: extended, merged, without exclusion regions, trimmed."""

from jangdan.pipeline.job import job

with job(snakemake):
    from jangdan.formats.bed import write_bed
    from jangdan.formats.fasta import fasta_sizes
    from jangdan.pipeline.regions import make_regions

    regions = make_regions(
        snakemake.input.sources,
        fasta_sizes(snakemake.input.fasta),
        exclude=snakemake.input.exclude,
        aliases=snakemake.params.aliases,
        extend_bp=snakemake.params.extend_bp,
        divisor=snakemake.params.divisor,
    )
    write_bed(regions, snakemake.output.bed, columns=3)
