"""The records of a bigWig file (Kent et al. 2010, Bioinformatics 26:2204, supplement), as numpy dtypes.

All are little-endian here; `in_order` gives those of a big-endian file.
"""

import numpy as np

MAGIC = 0x888FFC26
BIGBED_MAGIC = 0x8789F2EB
CHROM_TREE_MAGIC = 0x78CA8C91
INDEX_MAGIC = 0x2468ACE0

HEADER = np.dtype(
    [
        ("magic", "<u4"),
        ("version", "<u2"),
        ("zoom_levels", "<u2"),
        ("chrom_tree", "<u8"),
        ("data", "<u8"),
        ("index", "<u8"),
        ("fields", "<u2"),
        ("defined_fields", "<u2"),
        ("autosql", "<u8"),
        ("summary", "<u8"),
        ("buffer_bytes", "<u4"),
        ("extension", "<u8"),
    ]
)
ZOOM_HEADER = np.dtype([("reduction", "<u4"), ("reserved", "<u4"), ("data", "<u8"), ("index", "<u8")])
SUMMARY = np.dtype([("covered", "<u8"), ("min", "<f8"), ("max", "<f8"), ("sum", "<f8"), ("squares", "<f8")])

NODE = np.dtype([("leaf", "u1"), ("reserved", "u1"), ("count", "<u2")])
CHROM_TREE = np.dtype(
    [("magic", "<u4"), ("block", "<u4"), ("key", "<u4"), ("value", "<u4"), ("items", "<u8"), ("reserved", "<u8")]
)
_EXTREMES: list[tuple[str, str]] = [("min", "<f4"), ("max", "<f4"), ("sum", "<f4"), ("squares", "<f4")]
_BOUNDS: list[tuple[str, str]] = [("chrom", "<u4"), ("start", "<u4"), ("last_chrom", "<u4"), ("end", "<u4")]
INDEX = np.dtype(
    [
        ("magic", "<u4"),
        ("block", "<u4"),
        ("items", "<u8"),
        *_BOUNDS,
        ("data_end", "<u8"),
        ("items_per_slot", "<u4"),
        ("reserved", "<u4"),
    ]
)
INDEX_LEAF = np.dtype([*_BOUNDS, ("offset", "<u8"), ("size", "<u8")])
INDEX_INNER = np.dtype([*_BOUNDS, ("child", "<u8")])

SECTION = np.dtype(
    [
        ("chrom", "<u4"),
        ("start", "<u4"),
        ("end", "<u4"),
        ("step", "<u4"),
        ("span", "<u4"),
        ("kind", "u1"),
        ("reserved", "u1"),
        ("count", "<u2"),
    ]
)
BEDGRAPH, VARIABLE_STEP, FIXED_STEP = 1, 2, 3
ITEMS = {
    BEDGRAPH: np.dtype([("start", "<u4"), ("end", "<u4"), ("value", "<f4")]),
    VARIABLE_STEP: np.dtype([("start", "<u4"), ("value", "<f4")]),
    FIXED_STEP: np.dtype([("value", "<f4")]),
}
ZOOM_RECORD = np.dtype([("chrom", "<u4"), ("start", "<u4"), ("end", "<u4"), ("covered", "<u4"), *_EXTREMES])


def chrom_leaf(key: int) -> np.dtype[np.void]:
    """Return the record of a contig, whose name takes `key` bytes."""
    return np.dtype([("name", f"S{key}"), ("id", "<u4"), ("size", "<u4")])


def chrom_inner(key: int) -> np.dtype[np.void]:
    """Return the record of a node of contigs, with the first one's name."""
    return np.dtype([("name", f"S{key}"), ("child", "<u8")])


def in_order(dtype: np.dtype[np.void], order: str) -> np.dtype[np.void]:
    """Return `dtype` in byte order '<' or '>'."""
    return dtype.newbyteorder(order)  # type: ignore[arg-type]
