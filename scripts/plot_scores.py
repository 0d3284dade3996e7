"""ROC, PRC or scatter figure from predictions."""

from jangdan.pipeline.job import job

with job(snakemake):
    from jangdan.pipeline.curves import score_figure
    from jangdan.plots.style import save

    wildcards = snakemake.wildcards
    figure = score_figure(snakemake.input.predictions, snakemake.params.conditions, wildcards.curve, wildcards.model)
    save(figure, snakemake.output.figure)
