"""The keys of a config: an options class per section, which gives defaults, checks, schema and documentation."""
