"""Evaluate one trained model on its test regions, or on another sample."""

from jangdan.jobs.job import job

with job(snakemake):
    from jangdan.jobs.evaluate import evaluate

    files = dict(zip(snakemake.params.inputs, snakemake.input.datasets, strict=True))
    files[snakemake.params.target] = snakemake.input.target
    evaluate(
        {key: snakemake.input.get(key) for key in ("model", "description", "history")},
        files,
        snakemake.input.regions,
        dict(snakemake.output.items()),
        windows=snakemake.params.windows,
        bootstrap=snakemake.params.bootstrap,
    )
