"""What the Snakefile imports: config, plan, provenance."""
