"""Arrays addressed by genomic interval, in memory or in the one dataset file."""
