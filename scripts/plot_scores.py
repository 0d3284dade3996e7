"""ROC, PRC or scatter figure from predictions."""

from jangdan.jobs.job import job

with job(snakemake):
    from jangdan.jobs.plot_scores import score_figure
    from jangdan.plots.style import save

    given, wildcards = snakemake.input, snakemake.wildcards
    conditions = snakemake.params.conditions
    figure = score_figure(given.predictions, given.target, conditions, wildcards.curve, wildcards.model)
    save(figure, snakemake.output.figure)
