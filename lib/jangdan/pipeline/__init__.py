"""From the config to library objects and back to files, for the thin scripts."""
