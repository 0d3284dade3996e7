"""Where a bigWig holds what: its header, contigs and the index of its blocks, each checked against the others."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import FileIO
from os import PathLike

import numpy as np
from numpy.typing import NDArray

from jangdan.errors import InputFileError, TruncatedFileError
from jangdan.files import existing
from jangdan.formats.bigwig import layout

_LONGEST_NAME = 4096
_REPAIR = "the file is damaged, copy or download it again"


@dataclass(frozen=True)
class BigwigFile:
    """An open bigWig: its bytes, byte order ('<' or '>') and header."""

    path: str
    stream: FileIO
    size: int
    order: str
    header: np.void

    def read(self, offset: int, length: int) -> bytes:
        """Return `length` bytes from `offset`; raises TruncatedFileError where the file ends before."""
        if offset < 0 or offset + length > self.size:
            raise TruncatedFileError(
                self.path, f"byte {offset + length:,} is needed, but there are {self.size:,}; copy or download it again"
            )
        self.stream.seek(offset)
        data = self.stream.read(length)
        if len(data) != length:
            raise TruncatedFileError(self.path, "became shorter while it was read; read it again")
        return data

    def records(self, offset: int, dtype: np.dtype[np.void], count: int = 1) -> NDArray[np.void]:
        """Return `count` records of `dtype` from `offset`, in native byte order."""
        data = self.read(offset, dtype.itemsize * count)
        return np.frombuffer(data, layout.in_order(dtype, self.order)).astype(dtype)

    def damaged(self, what: str) -> InputFileError:
        """Return the error that says `what` was found."""
        return InputFileError(self.path, f"{what}; {_REPAIR}")

    @property
    def compressed(self) -> bool:
        """Whether blocks are deflated."""
        return int(self.header["buffer_bytes"]) > 0

    @property
    def longest_block(self) -> int:
        """Bytes that a block can take in the file: deflate adds little to what cannot be compressed."""
        inflated = int(self.header["buffer_bytes"])
        widest = layout.SECTION.itemsize + 0xFFFF * layout.ITEMS[layout.BEDGRAPH].itemsize
        return inflated + inflated // 100 + 1024 if inflated else widest


@contextmanager
def open_bigwig(path: str | PathLike[str]) -> Iterator[BigwigFile]:
    """Open a bigWig of either byte order.

    Raises InputFileError where it is another kind of file, TruncatedFileError where its end is missing.
    """
    size = existing(path).stat().st_size
    with open(path, "rb", buffering=0) as stream:
        head = stream.read(layout.HEADER.itemsize)
        order = _byte_order(path, head[:4])
        if len(head) < layout.HEADER.itemsize:
            raise TruncatedFileError(path, f"is not complete ({size:,} bytes); copy or download it again")
        header = np.frombuffer(head, layout.in_order(layout.HEADER, order)).astype(layout.HEADER)[0]
        stream.seek(size - 4)
        places = [int(header[name]) for name in ("chrom_tree", "data", "index", "summary")]
        if stream.read(4) != head[:4] or max(places) >= size:
            raise TruncatedFileError(path, f"is not complete ({size:,} bytes); copy or download it again")
        yield BigwigFile(str(path), stream, size, order, header)


def read_contigs(bigwig: BigwigFile) -> dict[str, int]:
    """Return contig -> length in bp, in the order of their numbers in the file."""
    place = int(bigwig.header["chrom_tree"])
    head = bigwig.records(place, layout.CHROM_TREE)[0]
    key = int(head["key"])
    if head["magic"] != layout.CHROM_TREE_MAGIC or head["value"] != 8 or not 0 < key <= _LONGEST_NAME:
        raise bigwig.damaged(f"byte {place}: no list of contigs is there")
    kinds = layout.chrom_leaf(key), layout.chrom_inner(key)
    found = _leaves(bigwig, place + layout.CHROM_TREE.itemsize, kinds, int(head["items"]))
    found = found[np.argsort(found["id"], kind="stable")]
    names = [_name(bigwig, raw) for raw in found["name"].tolist()]
    if len(set(names)) < len(names) or (found["id"] != np.arange(len(found))).any():
        raise bigwig.damaged("the list of contigs holds a name or a number twice")
    if (found["size"] == 0).any():
        raise bigwig.damaged(f"contig {names[int(np.argmin(found['size']))]!r} has a length of 0 bp")
    return dict(zip(names, found["size"].tolist(), strict=True))


def read_leaves(bigwig: BigwigFile, sizes: NDArray[np.int64]) -> NDArray[np.void]:
    """Return the index's entry of each block (INDEX_LEAF), sorted by contig number and start, none overlapping.

    sizes: length of each contig in bp.
    """
    place = int(bigwig.header["index"])
    if place == 0 and bigwig.records(int(bigwig.header["data"]), np.dtype([("count", "<u8")]))["count"] == 0:
        return np.zeros(0, dtype=layout.INDEX_LEAF)  # so does libBigWig mark a file without data
    head = bigwig.records(place, layout.INDEX)[0]
    if head["magic"] != layout.INDEX_MAGIC:
        raise bigwig.damaged(f"byte {place}: no index is there")
    kinds = layout.INDEX_LEAF, layout.INDEX_INNER
    leaves = _leaves(bigwig, place + layout.INDEX.itemsize, kinds, int(head["items"]))
    _require_bounds(bigwig, leaves, sizes)
    offset, size = leaves["offset"], leaves["size"]
    inside = (offset >= layout.HEADER.itemsize) & (size > 0) & (size <= bigwig.longest_block)
    # offsets first: a sum of two damaged numbers may pass 2^64
    inside &= (offset < bigwig.size) & (offset + np.minimum(size, bigwig.size) <= bigwig.size)
    if not inside.all():
        i = int(np.argmin(inside))
        raise bigwig.damaged(f"index: block {i} of {size[i]:,} bytes at byte {offset[i]:,} cannot be")
    return leaves


def _byte_order(path: str | PathLike[str], magic: bytes) -> str:
    for order, name in (("<", "little"), (">", "big")):
        number = int.from_bytes(magic, "little" if name == "little" else "big")
        if number == layout.MAGIC:
            return order
        if number == layout.BIGBED_MAGIC:
            raise InputFileError(path, "is a bigBed, expected a bigWig; read its regions with bigBedToBed as BED")
    raise InputFileError(path, "is not a bigWig (its first bytes are of another kind of file)")


def _leaves(
    bigwig: BigwigFile, root: int, kinds: tuple[np.dtype[np.void], np.dtype[np.void]], expected: int
) -> NDArray[np.void]:
    """Return the leaf records of a tree from left to right; `expected` is how many its header says."""
    leaf, inner = kinds
    open_nodes, visited, found = [root], {root}, [np.zeros(0, dtype=leaf)]
    count = 0
    while open_nodes and count <= expected:
        node = open_nodes.pop()
        head = bigwig.records(node, layout.NODE)[0]
        items = bigwig.records(node + layout.NODE.itemsize, leaf if head["leaf"] else inner, int(head["count"]))
        if head["leaf"]:
            found.append(items)
            count += len(items)
            continue
        children = items["child"].tolist()
        if not visited.isdisjoint(children) or len(set(children)) < len(children):
            raise bigwig.damaged(f"byte {node}: a tree that runs in circles")
        visited.update(children)
        open_nodes += reversed(children)
    if count != expected:
        raise bigwig.damaged(f"byte {root}: a tree of {count:,} entries, where {expected:,} are announced")
    return np.concatenate(found)


def _require_bounds(bigwig: BigwigFile, leaves: NDArray[np.void], sizes: NDArray[np.int64]) -> None:
    chrom, start, end = (leaves[name].astype(np.int64) for name in ("chrom", "start", "end"))
    good = (chrom == leaves["last_chrom"]) & (chrom < len(sizes)) & (start < end)
    good[good] = end[good] <= sizes[chrom[good]]
    if not good.all():
        i = int(np.argmin(good))
        raise bigwig.damaged(f"index: block {i} is of contig number {chrom[i]}, {start[i]}-{end[i]}, which cannot be")
    after = (chrom[1:] > chrom[:-1]) | ((chrom[1:] == chrom[:-1]) & (start[1:] >= end[:-1]))
    if not after.all():
        i = int(np.argmin(after))
        raise bigwig.damaged(f"index: blocks {i} and {i + 1} overlap or are not sorted")


def _name(bigwig: BigwigFile, raw: bytes) -> str:
    try:
        name = raw.decode("utf-8")
    except UnicodeDecodeError:
        name = ""
    if not name or not name.isprintable():
        raise bigwig.damaged(f"contig name {raw[:40]!r} cannot be")
    return name
