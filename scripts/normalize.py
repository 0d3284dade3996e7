"""Raw coverage to normalized coverage; parameters fitted on the training regions."""

from jangdan.jobs.job import job

with job(snakemake):
    from jangdan.jobs.build import normalized_file

    normalized_file(
        snakemake.input.dataset,
        snakemake.input.regions,
        snakemake.wildcards.normalizer,
        snakemake.params.windows,
        dict(snakemake.output.items()),
    )
