"""Raw coverage to normalized coverage; parameters fitted on the training regions."""

from jangdan.jobs.job import job

with job(snakemake):
    from jangdan.jobs.normalize import normalized_file

    normalized_file(
        snakemake.input.dataset,
        snakemake.input.regions,
        snakemake.params.steps,
        snakemake.params.windows,
        dict(snakemake.output.items()),
    )
