"""Attribution of one condition on chosen windows."""

from jangdan.jobs.job import job

with job(snakemake):
    from jangdan.jobs.attribute import attribute, best_windows, chosen_windows

    params, condition = snakemake.params, snakemake.wildcards.condition
    if snakemake.input.get("regions"):
        windows = chosen_windows(snakemake.input.regions[0], params.windows["window"], params.settings["windows"])
    else:
        windows = best_windows(
            snakemake.input.predictions,
            snakemake.input.target,
            condition,
            params.settings["windows"],
            params.windows["window"],
        )
    attribute(
        {key: snakemake.input[key] for key in ("model", "description")},
        dict(zip(params.inputs, snakemake.input.datasets, strict=True)),
        windows,
        condition,
        dict(snakemake.output.items()),
        params.settings,
    )
