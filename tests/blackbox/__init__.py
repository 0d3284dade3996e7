"""What a user of the library relies on, through `jangdan` and `jangdan.data` alone.

Expected values come from pysam, pyBigWig, NumPy and plain loops over small hand-made files. These tests hold whatever
happens inside of the library: a change here is a change of documented behavior.
"""
