"""Train one model on one fold with one seed."""

from jangdan.jobs.job import job

with job(snakemake):
    from jangdan.jobs.train import train

    model = dict(snakemake.params.model)
    if snakemake.input.get("initial"):
        model["training"] = {**model["training"], "initial_weights": str(snakemake.input.initial)}
    files = dict(zip(model["inputs"], snakemake.input.datasets, strict=True))
    files[model["target"]] = snakemake.input.target
    train(
        model,
        files,
        snakemake.input.regions,
        dict(snakemake.output.items()),
        device=snakemake.params.device,
        threads=snakemake.threads,
        seed=int(snakemake.wildcards.seed),
    )
