"""Preflight of all input files: one table, one verdict."""

from jangdan.jobs.job import job

with job(snakemake) as log:
    import yaml

    from jangdan.files import replacing, write_text
    from jangdan.jobs.check_inputs import check_inputs, require_no_error

    preflight = check_inputs(snakemake.params.config)
    table = preflight.table()
    log.info("\n%s", table.to_string(index=False))
    require_no_error(table)
    write_text(snakemake.output.aliases, yaml.safe_dump({"genome": {"aliases": preflight.proposed}}))
    with replacing(snakemake.output.table) as temporary:
        table.to_csv(temporary, sep="\t", index=False)
