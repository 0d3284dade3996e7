"""The embedded demo: a small genome, reads, signal, annotation and variants whose truth is known."""
