"""ROC, PRC or scatter figure from predictions."""

from jangdan.jobs.job import job

with job(snakemake):
    from jangdan.jobs.plot_scores import score_figure
    from jangdan.plots.style import save

    wildcards = snakemake.wildcards
    figure = score_figure(snakemake.input.predictions, snakemake.params.conditions, wildcards.curve, wildcards.model)
    save(figure, snakemake.output.figure)
