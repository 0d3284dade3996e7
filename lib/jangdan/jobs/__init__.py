"""One function per rule, called by the scripts."""
