"""BAM and CRAM: reads to counts along the genome."""
