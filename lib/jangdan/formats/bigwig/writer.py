"""bigWig, written: sections of the narrowest type that holds them, their index, and zoom levels for browsers.

Written here and not by pyBigWig, which takes twice the time of everything else in an export and keeps it in memory.
"""

import struct
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from os import PathLike
from typing import IO, Any

import numpy as np
from isal import isal_zlib
from numpy.typing import NDArray

from jangdan.errors import IntervalError
from jangdan.files import replacing
from jangdan.formats.bigwig import layout
from jangdan.formats.bigwig.zoom import ZoomLevels
from jangdan.formats.piecewise import Items

Track = tuple[str, NDArray[np.int64], NDArray[np.int64], NDArray[Any]]

_VERSION = 4
_HEAD = struct.Struct("<5I2BH")  # layout.SECTION
_PER_BLOCK = 1024  # items, as of UCSC's tools
_SLAB = 64 * _PER_BLOCK  # items handled at once
_FANOUT = 256  # entries of a node of the trees
_LEVEL = 1  # of deflate; 3 takes twice the time for 3 % less
_PLACE = ("chrom", "start", "chrom", "end")


def write_bigwig(
    path: str | PathLike[str], chromsizes: Mapping[str, int], tracks: Iterable[Track], *, in_order: bool = False
) -> None:
    """Write (chrom, starts, ends, values) stretches in bp, each sorted, to a bigWig.

    Stretches may come in any order, and are then all in memory; `in_order`: they come in the order of
    `chromsizes` and of place, and are taken one by one. Values are rounded to float32; NaN is left out,
    and neighbours of equal value are joined where that makes the file smaller. chromsizes: contig ->
    length in bp, the order of the file. Raises IntervalError where windows overlap or reach past their contig.
    """
    numbers = {chrom: i for i, chrom in enumerate(chromsizes)}
    stretches: Iterable[Track] = _known(tracks, numbers)
    if not in_order:
        stretches = sorted(stretches, key=lambda t: (numbers[t[0]], int(t[1][0])))
    with replacing(path) as temporary, open(temporary, "wb") as stream:
        writer = _Writer(stream, chromsizes)
        for chrom, own in groupby(stretches, key=lambda t: t[0]):
            last = (0, 0)
            for items in _slabs(own):
                last = _require_apart(chrom, items, last, chromsizes[chrom])
                writer.add(numbers[chrom], _smaller(_without_missing(items)))
        writer.finish()


class _Writer:
    """The parts of a file in the order of their bytes; what only the end knows is put into the header last."""

    def __init__(self, stream: IO[bytes], chromsizes: Mapping[str, int]) -> None:
        self._stream = stream
        self._leaves: list[tuple[int, ...]] = []
        self._header = np.zeros(1, dtype=layout.HEADER)
        self._header["magic"], self._header["version"] = layout.MAGIC, _VERSION
        self._zooms = ZoomLevels(np.array(list(chromsizes.values()), dtype=np.int64))
        self._longest = 0
        self._zoom_headers = layout.HEADER.itemsize
        self._header["summary"] = self._zoom_headers + ZoomLevels.MOST * layout.ZOOM_HEADER.itemsize
        self._header["chrom_tree"] = self._header["summary"] + layout.SUMMARY.itemsize
        stream.write(bytes(int(self._header["chrom_tree"][0])))
        stream.write(_contig_tree(chromsizes, stream.tell()))
        self._header["data"] = stream.tell()
        stream.write(bytes(8))

    def add(self, number: int, items: Items) -> None:
        """Write items of contig `number`; contigs and items come in order."""
        for first in range(0, len(items.start), _PER_BLOCK):
            block = items.take(slice(first, first + _PER_BLOCK))
            self._leaves.append(
                self._block(_section(number, block), number, int(block.start[0]), number, int(block.end[-1]))
            )
        self._zooms.add(number, items)

    def finish(self) -> None:
        """Write index, zoom levels and header."""
        stream, header = self._stream, self._header
        header["index"] = stream.tell()
        stream.write(_index(self._leaves, stream.tell()))
        zoom_headers = np.array([self._zoom(*level) for level in self._zooms.levels()], dtype=layout.ZOOM_HEADER)
        stream.write(header["magic"].tobytes())
        header["zoom_levels"], header["buffer_bytes"] = len(zoom_headers), max(self._longest, 1)
        stream.seek(0)
        stream.write(header.tobytes() + zoom_headers.tobytes())
        stream.seek(int(header["summary"][0]))
        stream.write(self._zooms.summary().tobytes())
        stream.seek(int(header["data"][0]))
        stream.write(np.uint64(len(self._leaves)).tobytes())

    def _zoom(self, reduction: int, records: NDArray[np.void]) -> tuple[int, int, int, int]:
        """Write a zoom level; return its header."""
        data = self._stream.tell()
        self._stream.write(np.uint32(len(records)).tobytes())
        leaves = []
        for first in range(0, len(records), _PER_BLOCK):
            block = records[first : first + _PER_BLOCK]
            low, high = block[0], block[-1]
            places = (int(record[name]) for record, name in zip((low, low, high, high), _PLACE, strict=True))
            leaves.append(self._block(block.tobytes(), *places))
        index = self._stream.tell()
        self._stream.write(_index(leaves, index))
        return reduction, 0, data, index

    def _block(self, content: bytes, chrom: int, start: int, last_chrom: int, end: int) -> tuple[int, ...]:
        self._longest = max(self._longest, len(content))
        offset, packed = self._stream.tell(), isal_zlib.compress(content, _LEVEL)
        self._stream.write(packed)
        return chrom, start, last_chrom, end, offset, len(packed)


def _known(tracks: Iterable[Track], numbers: Mapping[str, int]) -> Iterator[Track]:
    for chrom, starts, ends, values in tracks:
        if chrom not in numbers:
            raise IntervalError(f"bigWig: a track on contig {chrom!r}, which the chromosome sizes do not name")
        if len(starts):
            yield chrom, starts, ends, values


def _slabs(stretches: Iterable[Track]) -> Iterator[Items]:
    """Join short stretches and cut long ones, so that memory stays small."""
    held: list[tuple[NDArray[Any], ...]] = []
    count = 0
    for _, *columns in stretches:
        for first in range(0, len(columns[0]), _SLAB):
            held.append(tuple(column[first : first + _SLAB] for column in columns))
            count += len(held[-1][0])
            if count >= _SLAB:
                yield _joined(held)
                held, count = [], 0
    if held:
        yield _joined(held)


def _joined(parts: list[tuple[NDArray[Any], ...]]) -> Items:
    start, end, value = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    with np.errstate(over="ignore"):
        return Items(start.astype(np.int64), end.astype(np.int64), value.astype(np.float32))


def _without_missing(items: Items) -> Items:
    missing = np.isnan(items.value)
    return items.take(~missing) if missing.any() else items


def _require_apart(chrom: str, items: Items, last: tuple[int, int], size: int) -> tuple[int, int]:
    """Raise IntervalError where windows cannot be; `last` is the window before them. Return the last of these."""
    starts, ends = np.append(last[0], items.start), np.append(last[1], items.end)
    if items.start[0] < 0 or (ends > size).any():
        i = 1 if items.start[0] < 0 else int(np.argmax(ends > size))
        raise IntervalError(f"bigWig: {chrom}:{starts[i]}-{ends[i]} reaches past the chromosome, {size} bp long")
    overlaps = np.flatnonzero(starts[1:] < ends[:-1])
    if len(overlaps):
        i = overlaps[0]
        raise IntervalError(
            f"bigWig: {chrom}:{starts[i]}-{ends[i]} and {chrom}:{starts[i + 1]}-{ends[i + 1]} overlap; "
            "a track needs windows that do not (stepsize of at least binsize)"
        )
    empty = np.flatnonzero(items.start >= items.end)
    if len(empty):
        i = empty[0]
        raise IntervalError(f"bigWig: {chrom}:{items.start[i]}-{items.end[i]} is empty")
    return int(starts[-1]), int(ends[-1])


def _smaller(items: Items) -> Items:
    """Join neighbours of equal value, unless items side by side of one width, which need no bounds, take less."""
    start, end, value = items
    if not len(value):
        return items
    new = (value[1:] != value[:-1]) | (start[1:] != end[:-1])
    bounds, bare = layout.ITEMS[layout.BEDGRAPH].itemsize, layout.ITEMS[layout.FIXED_STEP].itemsize
    if (np.count_nonzero(new) + 1) * bounds >= len(value) * bare and _kind(items) == layout.FIXED_STEP:
        return items
    first = np.concatenate([[0], np.flatnonzero(new) + 1])
    return Items(start[first], end[np.concatenate([first[1:], [len(start)]]) - 1], value[first])


def _kind(items: Items) -> int:
    """Return the narrowest type of section that holds the items; the last one may be cut at the contig's end."""
    width = items.end - items.start
    if (width != width[0]).any():
        return layout.BEDGRAPH
    return layout.FIXED_STEP if (items.start[1:] == items.end[:-1]).all() else layout.VARIABLE_STEP


def _section(number: int, items: Items) -> bytes:
    kind, span = _kind(items), int(items.end[0] - items.start[0])
    spans = {layout.BEDGRAPH: (0, 0), layout.VARIABLE_STEP: (0, span), layout.FIXED_STEP: (span, span)}
    head = (number, items.start[0], items.end[-1], *spans[kind], kind, 0, len(items.start))
    body = np.empty(len(items.start), dtype=layout.ITEMS[kind])
    for name in layout.ITEMS[kind].names or ():
        body[name] = getattr(items, name)
    return _HEAD.pack(*head) + body.tobytes()


def _contig_tree(chromsizes: Mapping[str, int], at: int) -> bytes:
    """Return the B+ tree of contigs, sorted by name as UCSC's readers expect; numbers are those of the file's order."""
    names = [name.encode() for name in chromsizes]
    key = max(map(len, names), default=1)
    order = sorted(range(len(names)), key=names.__getitem__)
    sizes = list(chromsizes.values())
    leaves = np.array([(names[i], i, sizes[i]) for i in order], dtype=layout.chrom_leaf(key))

    def inner(first: NDArray[np.void], _: NDArray[np.void]) -> NDArray[np.void]:
        nodes = np.zeros(len(first), dtype=layout.chrom_inner(key))
        nodes["name"] = first["name"]
        return nodes

    head = np.zeros(1, dtype=layout.CHROM_TREE)
    head["magic"], head["block"], head["key"], head["value"] = layout.CHROM_TREE_MAGIC, _FANOUT, key, 8
    head["items"] = len(leaves)
    return head.tobytes() + _tree(leaves, inner, at + head.nbytes)


def _index(blocks: list[tuple[int, ...]], at: int) -> bytes:
    """Return the R tree of blocks, which are sorted and apart."""
    leaves = np.array(blocks, dtype=layout.INDEX_LEAF)
    head = np.zeros(1, dtype=layout.INDEX)
    head["magic"], head["block"], head["items"] = layout.INDEX_MAGIC, _FANOUT, len(leaves)
    head["data_end"], head["items_per_slot"] = at, _PER_BLOCK
    if len(leaves):
        head["chrom"], head["start"] = leaves["chrom"][0], leaves["start"][0]
        head["last_chrom"], head["end"] = leaves["last_chrom"][-1], leaves["end"][-1]
    return head.tobytes() + _tree(leaves, _inner, at + head.nbytes)


def _inner(first: NDArray[np.void], last: NDArray[np.void]) -> NDArray[np.void]:
    nodes = np.zeros(len(first), dtype=layout.INDEX_INNER)
    nodes["chrom"], nodes["start"] = first["chrom"], first["start"]
    nodes["last_chrom"], nodes["end"] = last["last_chrom"], last["end"]
    return nodes


def _tree(
    leaves: NDArray[np.void], inner: Callable[[NDArray[np.void], NDArray[np.void]], NDArray[np.void]], at: int
) -> bytes:
    """Return the nodes of a tree whose root begins at byte `at`, level by level."""
    levels = [leaves]
    while len(levels[0]) > _FANOUT:
        first = np.arange(0, len(levels[0]), _FANOUT)
        levels.insert(0, inner(levels[0][first], levels[0][np.minimum(first + _FANOUT, len(levels[0])) - 1]))
    content = b""
    for depth, level in enumerate(levels):
        nodes = max(-(-len(level) // _FANOUT), 1)
        is_leaf = depth == len(levels) - 1
        if not is_leaf:
            below = at + len(content) + nodes * layout.NODE.itemsize + level.nbytes
            node_bytes = layout.NODE.itemsize + _FANOUT * levels[depth + 1].itemsize
            level["child"] = below + np.arange(len(level)) * node_bytes
        for node in range(nodes):
            entries = level[node * _FANOUT : (node + 1) * _FANOUT]
            head = np.array([(is_leaf, 0, len(entries))], dtype=layout.NODE)
            content += head.tobytes() + entries.tobytes()
    return content
