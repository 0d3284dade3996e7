"""CRAM: as a BAM, decoded with the genome."""

from jangdan.datasets.formats.bam import ReadOptions, build, contigs, is_stranded
from jangdan.records.kinds import Format, Question

RECORD = Format(
    "cram",
    "aligned reads, compressed by the genome's FASTA",
    ReadOptions,
    label="CRAM",
    suffixes=(".cram",),
    build=build,
    values="counts",
    questions=(Question("contigs", contigs),),
    is_stranded=is_stranded,
)
