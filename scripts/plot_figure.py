"""A figure of the config from the scores of all models, with the table that it shows."""

from jangdan.jobs.job import job

with job(snakemake):
    from jangdan.jobs.plot_figure import figure

    figure(
        snakemake.input.table,
        snakemake.params.figure,
        snakemake.params.models,
        snakemake.params.groups,
        dict(snakemake.output.items()),
    )
