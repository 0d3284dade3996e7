"""Regions of interest: extended, merged, trimmed; or around 5' ends; without exclusion regions."""

from jangdan.jobs.job import job

with job(snakemake):
    from jangdan.formats.fasta.reader import fasta_sizes
    from jangdan.genome.region_file import write_regions
    from jangdan.jobs.regions import make_anchored_regions, make_regions

    options = snakemake.params.options
    anchored = options["upstream"] is not None or options["downstream"] is not None
    regions = (make_anchored_regions if anchored else make_regions)(
        snakemake.input.sources,
        fasta_sizes(snakemake.input.fasta),
        options,
        exclude=snakemake.input.exclude,
        aliases=snakemake.params.aliases,
    )
    write_regions(regions, snakemake.output.table)
