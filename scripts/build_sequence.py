"""Genome to sequence dataset file."""

from jangdan.pipeline.job import job

with job(snakemake):
    from jangdan.pipeline.build import sequence_file

    roi = snakemake.input.get("roi") or None
    sequence_file(snakemake.input.fasta, snakemake.output.dataset, roi=roi, flank=snakemake.params.flank)
