"""bigWig: read and written."""
