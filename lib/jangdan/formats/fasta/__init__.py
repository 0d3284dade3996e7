"""FASTA: letters to integer codes."""
