"""Genome to sequence dataset file."""

from jangdan.jobs.job import job

with job(snakemake):
    from jangdan.jobs.build import sequence_file

    roi = snakemake.input.get("roi") or None
    sequence_file(snakemake.input.fasta, snakemake.output.dataset, roi=roi, flank=snakemake.params.flank)
