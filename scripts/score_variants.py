"""Effects of the variants of a VCF."""

from jangdan.jobs.job import job

with job(snakemake):
    from jangdan.jobs.score_variants import score_variants

    score_variants(
        {key: snakemake.input[key] for key in ("model", "description")},
        dict(zip(snakemake.params.inputs, snakemake.input.datasets, strict=True)),
        snakemake.input.vcf[0],
        dict(snakemake.output.items()),
        aliases=snakemake.params.aliases,
    )
