"""The one dataset file: HDF5 with contiguous, uncompressed arrays, opened as a memory map.

/data           dense values: (rows, strands, conditions)
/position, /value  or sparse values: places in the flattened array that are not padding, and what stands there
/sums/          the CRC-32 of each 64 KiB of an array, compared when they are first read
/contigs/       names (text, a line each), length (bp, -1 unknown): the table that numbers of contigs refer to
/segments/      chrom, start, end (bins): the stretches that the rows lay end to end   [kind "genome"]
/regions/       chrom, start, end (bp): the region of each `bins` rows                 [kind "regions"]
/description    JSON: kind, conditions, padding, shape, contigs (genome, source, digest), meta and the rest
attributes      format, version, description_sum (CRC-32 of description and columns)

Version 2 is read too: it has /chroms/ (name, size) in place of /contigs/.
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from os import PathLike
from typing import IO, Any, cast
from zlib import crc32

import h5py
import numpy as np
from numpy.typing import NDArray

from jangdan.errors import InputFileError
from jangdan.files import existing, replacing
from jangdan.genome.contigs import UNKNOWN_LENGTH, Contigs
from jangdan.storage.any_array import AnyArray, Padding
from jangdan.storage.checksums import BLOCK, FileValues, block_checksums, checksum
from jangdan.storage.genomic_array import GenomicArray
from jangdan.storage.hdf5 import add_group, new_file
from jangdan.storage.layout import Layout
from jangdan.storage.region_array import RegionArray
from jangdan.storage.streamed_values import Filling
from jangdan.storage.values import SparseValues, Values

FORMAT, VERSION = "jangdan-dataset", 3
_READ = (2, 3)  # versions

Arrays = dict[str, NDArray[Any]]
FilePath = str | PathLike[str]


@contextmanager
def writing(
    path: FilePath,
    layout: Layout,
    conditions: tuple[str, ...],
    *,
    strands: int = 1,
    dtype: Any = np.float32,
    padding: Padding = 0,
    meta: Mapping[str, Any] | None = None,
) -> Iterator[GenomicArray]:
    """Give a GenomicArray, filled with `padding`, whose values are the file's; it stands at `path` at the end.

    `padding` and `meta` of the array may be set until then.
    """
    shape = (len(layout), strands, len(conditions))
    with new_dataset(path, shape, dtype, padding) as new:
        new.array = array = GenomicArray(layout, new.values, tuple(conditions), padding, dict(meta or {}))
        yield array


@contextmanager
def rewriting(path: FilePath, array: AnyArray, *, padding: Padding, meta: Mapping[str, Any]) -> Iterator[AnyArray]:
    """Give an array like `array`, float32, dense, whose values are the file's, to be filled; it stands at `path` at the
    end."""
    with new_dataset(path, array.values.shape, np.float32, padding) as new:
        new.array = copy = array.like(new.values, padding, meta)
        yield copy


@dataclass
class NewDataset:
    """A dataset file that is being written.

    values: the file's. array: of these values; it describes the file at the end, and is set by then.
    """

    values: Filling
    array: AnyArray | None = None


@contextmanager
def new_dataset(
    path: FilePath, shape: tuple[int, int, int], dtype: Any = np.float32, padding: Padding = 0
) -> Iterator[NewDataset]:
    """Give a file of values, all `padding`, to be filled; it stands at `path` at the end, or does not appear at all."""
    with replacing(path) as temporary:
        with new_file(temporary) as file:
            _create(file, "data", shape, np.dtype(dtype))
        with open(temporary, "r+b") as stream, h5py.File(temporary, "r") as file:
            new = NewDataset(Filling(_memory_map(temporary, stream, file["data"], "r+")))
        new.values.fill(padding)
        yield new
        assert new.array is not None
        new.values.flush()
        with h5py.File(temporary, "r+", libver="latest") as file:
            add_group(file, "sums")["data"] = new.values.checksums()
            _describe(file, new.array)
        new.values.release()


def save(array: AnyArray, path: FilePath) -> None:
    """Write an array to a dataset file, whole or not at all; sparse values stay sparse."""
    with replacing(path) as temporary, new_file(temporary) as file:
        for name, values in _parts(array.values).items():
            _create(file, name, values.shape, values.dtype)[...] = values
            add_group(file, "sums")[name] = block_checksums(values)
        _describe(file, array)


def load(path: FilePath) -> AnyArray:
    """Open a dataset file; dense values are memory-mapped, read-only, sparse ones read.

    Raises InputFileError where the file is damaged, no dataset file, or of another version.
    """
    try:
        # one open file for all: another process may put a new one in its place meanwhile
        with open(existing(path), "rb") as stream, h5py.File(stream, "r") as file:
            _require_format(file, path)
            text, columns = file["description"][()].tobytes(), _columns(file)
            if _description_sum(text, columns) != file.attrs["description_sum"]:
                raise InputFileError(path, "is damaged (its description differs); delete it and build it again")
            description = json.loads(text)
            values = _open_values(path, stream, file, description)
        return _assemble(description, _contigs(path, description, columns), columns, values)
    except InputFileError:
        raise
    except (OSError, KeyError, ValueError, TypeError, RuntimeError, OverflowError, MemoryError) as error:
        raise InputFileError(
            path, f"is damaged or no jangdan dataset file ({error}); delete it and build it again"
        ) from error


def load_genomic(path: FilePath) -> GenomicArray:
    """Open a dataset file of values along the genome. Raises as `load`, and InputFileError where it holds regions."""
    array = load(path)
    if not array.continuous:
        raise InputFileError(path, "holds values of regions, expected values along the genome; build it again")
    return cast(GenomicArray, array)


def _parts(values: Values) -> Arrays:
    if isinstance(values, SparseValues):
        return dict(zip(("position", "value"), values.entries, strict=True))
    return {"data": values.dense()}


def _open_values(path: FilePath, stream: IO[bytes], file: h5py.File, description: Mapping[str, Any]) -> Values:
    names = [name for name in ("data", "position", "value") if name in file]
    parts = {name: _memory_map(path, stream, file[name], "r") for name in names}
    sums = {name: file[f"sums/{name}"][()] for name in parts}
    for name, array in parts.items():
        if len(sums[name]) != -(-array.nbytes // BLOCK):
            raise InputFileError(path, f"is damaged (checksums of {name}); delete it and build it again")
    if "data" in parts:
        return FileValues(parts["data"], sums["data"], path)
    whole = {name: np.array(FileValues(array, sums[name], path).dense()) for name, array in parts.items()}
    return SparseValues.of_entries(
        tuple(description["shape"]), whole["position"], whole["value"], _padding(description["padding"])
    )


def _contigs(path: FilePath, description: Mapping[str, Any], columns: Mapping[str, Arrays]) -> Contigs:
    """Return the table of contigs; of version 2, which knows no lengths of an array of regions, and no digest."""
    if "chroms" in columns:
        names = tuple(name.decode() for name in columns["chroms"]["name"])
        known = description["kind"] == "genome"
        return Contigs(names, columns["chroms"]["size"] if known else np.full(len(names), UNKNOWN_LENGTH))
    text, lengths = columns["contigs"]["names"].tobytes().decode(), columns["contigs"]["length"]
    names = tuple(text.split("\n")) if len(lengths) else ()
    contigs = Contigs(names, lengths, description["contigs"]["genome"], description["contigs"]["source"])
    if contigs.digest != description["contigs"]["digest"]:
        raise InputFileError(path, "is damaged (its contigs differ from their digest); delete it and build it again")
    return contigs


def _assemble(
    description: Mapping[str, Any], contigs: Contigs, columns: Mapping[str, Arrays], values: Values
) -> AnyArray:
    conditions, padding = tuple(description["conditions"]), _padding(description["padding"])
    meta = description["meta"]
    if description["kind"] == "regions":
        chrom, start, end = _bounds(columns["regions"])
        return RegionArray(contigs, chrom, start, end, values, conditions, meta, description["bins"], padding)
    chrom, start, end = _bounds(columns["segments"])
    layout = Layout(contigs, description["resolution"], chrom, start, end, whole=description["whole"])
    return GenomicArray(layout, values, conditions, padding, meta)


def _bounds(columns: Arrays) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    return columns["chrom"], columns["start"], columns["end"]


def _padding(padding: Any) -> Padding:
    return tuple(padding) if isinstance(padding, list) else padding


def _describe(file: h5py.File, array: AnyArray) -> None:
    description: dict[str, Any] = {"conditions": array.conditions, "meta": array.meta, "padding": array.padding}
    description["shape"] = array.values.shape
    record, contigs = array.record(), array.contigs
    description |= record.description
    _write_columns(file, record.group, **record.columns)
    description["contigs"] = {"genome": contigs.genome, "source": contigs.source, "digest": contigs.digest}
    add_group(file, "contigs")["names"] = np.frombuffer("\n".join(contigs.names).encode(), dtype=np.uint8)
    _write_columns(file, "contigs", length=contigs.lengths)
    text = json.dumps(description, sort_keys=True).encode()
    file["description"] = np.frombuffer(text, dtype=np.uint8)
    file.attrs.update(format=FORMAT, version=VERSION)
    file.attrs["description_sum"] = _description_sum(text, _columns(file))


def _columns(file: h5py.File) -> dict[str, Arrays]:
    groups = [name for name in ("chroms", "contigs", "segments", "regions") if name in file]
    return {group: {name: file[group][name][()] for name in sorted(file[group])} for group in groups}


def _description_sum(text: bytes, columns: Mapping[str, Arrays]) -> int:
    total = crc32(text)
    for group in columns.values():
        for values in group.values():
            total = crc32(str(checksum(values)).encode(), total)
    return total


def _write_columns(file: h5py.File, group: str, **columns: Any) -> None:
    for name, values in columns.items():
        add_group(file, group)[name] = np.asarray(values, dtype=np.int64)


def _create(file: h5py.File, name: str, shape: tuple[int, ...], dtype: np.dtype[Any]) -> h5py.Dataset:
    """Create a dataset with its space allocated at once, so that it has an offset to map."""
    plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plist.set_layout(h5py.h5d.CONTIGUOUS)
    plist.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
    plist.set_obj_track_times(False)
    plist.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
    space, kind = h5py.h5s.create_simple(shape), h5py.h5t.py_create(dtype)
    return h5py.Dataset(h5py.h5d.create(file.id, name.encode(), kind, space, dcpl=plist))


def _memory_map(path: FilePath, stream: IO[bytes], dataset: h5py.Dataset, mode: str) -> NDArray[Any]:
    offset, shape, dtype = dataset.id.get_offset(), dataset.shape, dataset.dtype
    if 0 in shape:
        return np.zeros(shape, dtype=dtype)
    if offset is None or offset + dtype.itemsize * int(np.prod(shape)) > os.fstat(stream.fileno()).st_size:
        raise InputFileError(path, "its array is not contiguous or not complete; delete it and build it again")
    return np.memmap(stream, dtype=dtype, mode=mode, offset=offset, shape=shape)  # type: ignore[call-overload]


def _require_format(file: h5py.File, path: FilePath) -> None:
    found = (file.attrs.get("format"), file.attrs.get("version"))
    if found[0] != FORMAT or found[1] not in _READ:
        raise InputFileError(
            path, f"is of format {found[0]!r} version {found[1]}, expected {FORMAT!r} version {VERSION}; build it again"
        )
