"""The blocks of a bigWig: inflated, checked against the index, and unpacked into items many at a time."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from isal import isal_zlib
from numpy.typing import NDArray

from jangdan.errors import InputFileError
from jangdan.formats.bigwig import layout
from jangdan.formats.bigwig.index import BigwigFile
from jangdan.formats.piecewise import Items, first_overlap

_GROUP = 32
# the first bytes of a deflated block that surely hold its header: a dynamic code table takes up to 300
_HEAD_BYTES = 512


def read_items(bigwig: BigwigFile, leaves: NDArray[np.void]) -> Iterator[Items]:
    """Yield the items of the blocks of consecutive `leaves` of one contig, some blocks at a time, sorted.

    Raises InputFileError where a block cannot be inflated, is not what the index says, or holds items
    that overlap, are not sorted or lie outside the block's bounds.
    """
    for first in range(0, len(leaves), _GROUP):
        group = leaves[first : first + _GROUP]
        blocks = [_inflated(bigwig, leaf) for leaf in group]
        heads = _heads(bigwig, blocks, group)
        _require_lengths(bigwig, blocks, heads, group)
        items = _unpack(blocks, heads, bigwig.order)
        _require_sorted(bigwig, items, heads, group)
        yield items


def check_heads(bigwig: BigwigFile, leaves: NDArray[np.void]) -> None:
    """Raise InputFileError where the bounds of a block are not those of its leaf; only the heads are inflated."""
    for first in range(0, len(leaves), _GROUP):
        group = leaves[first : first + _GROUP]
        _heads(bigwig, [_inflated_head(bigwig, leaf) for leaf in group], group)


def _inflated(bigwig: BigwigFile, leaf: np.void) -> bytes:
    data = bigwig.read(int(leaf["offset"]), int(leaf["size"]))
    if not bigwig.compressed:
        return data
    try:
        return isal_zlib.decompress(data)  # verifies the Adler-32
    except (isal_zlib.IsalError, EOFError, ValueError) as error:
        raise _unreadable(bigwig, leaf, str(error)) from error


def _inflated_head(bigwig: BigwigFile, leaf: np.void) -> bytes:
    length = layout.SECTION.itemsize
    data = bigwig.read(int(leaf["offset"]), min(int(leaf["size"]), _HEAD_BYTES))
    if not bigwig.compressed:
        return data[:length]
    try:
        return isal_zlib.decompressobj().decompress(data, length)
    except (isal_zlib.IsalError, EOFError, ValueError) as error:
        raise _unreadable(bigwig, leaf, str(error)) from error


def _heads(bigwig: BigwigFile, blocks: list[bytes], leaves: NDArray[np.void]) -> NDArray[np.void]:
    length = layout.SECTION.itemsize
    short = [i for i, block in enumerate(blocks) if len(block) < length]
    if short:
        raise _unreadable(bigwig, leaves[short[0]], f"{len(blocks[short[0]])} bytes after inflating")
    joined = b"".join([block[:length] for block in blocks])
    heads = np.frombuffer(joined, layout.in_order(layout.SECTION, bigwig.order)).astype(layout.SECTION)
    same = np.isin(heads["kind"], list(layout.ITEMS)) & (heads["count"] > 0)
    for name in ("chrom", "start", "end"):
        same &= heads[name] == leaves[name]
    if not same.all():
        leaf, head = leaves[int(np.argmin(same))], heads[int(np.argmin(same))]
        raise _unreadable(
            bigwig,
            leaf,
            f"it says contig number {head['chrom']}, {head['start']}-{head['end']}, section type {head['kind']}, "
            f"where the index says {leaf['chrom']}, {leaf['start']}-{leaf['end']}",
        )
    return heads


def _require_lengths(
    bigwig: BigwigFile, blocks: list[bytes], heads: NDArray[np.void], leaves: NDArray[np.void]
) -> None:
    width = np.zeros(256, dtype=np.int64)
    width[list(layout.ITEMS)] = [dtype.itemsize for dtype in layout.ITEMS.values()]
    expected = layout.SECTION.itemsize + heads["count"] * width[heads["kind"]]
    wrong = np.flatnonzero(expected != [len(block) for block in blocks])
    if len(wrong):
        i = int(wrong[0])
        raise _unreadable(bigwig, leaves[i], f"{len(blocks[i]):,} bytes where its items take {expected[i]:,}")


def _unpack(blocks: list[bytes], heads: NDArray[np.void], order: str) -> Items:
    """Unpack runs of blocks of one section type at once."""
    cuts = [0, *(np.flatnonzero(np.diff(heads["kind"].astype(np.int64))) + 1).tolist(), len(heads)]
    parts = []
    for first, last in pairwise(cuts):
        dtype = layout.in_order(layout.ITEMS[int(heads["kind"][first])], order)
        body = b"".join([block[layout.SECTION.itemsize :] for block in blocks[first:last]])
        parts.append(_bounded(np.frombuffer(body, dtype), heads[first:last]))
    return parts[0] if len(parts) == 1 else Items(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _bounded(packed: NDArray[np.void], heads: NDArray[np.void]) -> Items:
    """Return items with both bounds, which step and span of their block's head replace."""
    kind, count = int(heads["kind"][0]), heads["count"].astype(np.int64)
    value = packed["value"].astype(np.float32)
    if kind == layout.BEDGRAPH:
        return Items(packed["start"].astype(np.int64), packed["end"].astype(np.int64), value)
    if kind == layout.VARIABLE_STEP:
        start = packed["start"].astype(np.int64)
    else:
        number = np.arange(len(packed)) - np.repeat(np.cumsum(count) - count, count)
        start = np.repeat(heads["start"].astype(np.int64), count)
        start += number * np.repeat(heads["step"].astype(np.int64), count)
    return Items(start, start + np.repeat(heads["span"].astype(np.int64), count), value)


def _require_sorted(bigwig: BigwigFile, items: Items, heads: NDArray[np.void], leaves: NDArray[np.void]) -> None:
    count = heads["count"].astype(np.int64)
    last = np.cumsum(count) - 1
    first = last - count + 1
    # sorted, so that the first start and the last end of a block bound all others
    outside = (items.start[first] < heads["start"]) | (items.end[last] > heads["end"])
    if outside.any():
        raise _unreadable(bigwig, leaves[int(np.argmax(outside))], "it holds items outside its own bounds")
    empty = items.start >= items.end
    overlap = int(np.argmax(empty)) if empty.any() else first_overlap(items)
    if overlap is not None:
        block = int(np.searchsorted(last, overlap))
        raise _unreadable(bigwig, leaves[block], "it holds items that are empty, overlap or are not sorted")


def _unreadable(bigwig: BigwigFile, leaf: np.void, why: str) -> InputFileError:
    return bigwig.damaged(f"block at byte {int(leaf['offset']):,} cannot be read ({why})")
