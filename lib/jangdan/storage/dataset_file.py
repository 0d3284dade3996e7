"""The one dataset file: HDF5 with a contiguous, uncompressed array, opened as a memory map.

/data           contiguous; (bins, strands, conditions), or (regions, strands, conditions)
/chroms/        name, size (bp): the genome, in order
/segments/      chrom, start, end (bins): the stretches that /data lays end to end   [kind "genome"]
/regions/       chrom, start, end (bp): the region of each row of /data              [kind "regions"]
attributes      format, version, kind, resolution (bp), padding, conditions, meta (JSON)
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from jangdan.errors import InputFileError
from jangdan.files import existing, replacing
from jangdan.storage.genomic_array import GenomicArray, Padding
from jangdan.storage.layout import Layout
from jangdan.storage.region_array import RegionArray

FORMAT, VERSION = "jangdan-dataset", 1

AnyArray = GenomicArray | RegionArray


@contextmanager
def writing(
    path: str | PathLike[str],
    layout: Layout,
    conditions: tuple[str, ...],
    *,
    strands: int = 1,
    dtype: Any = np.float32,
    padding: Padding = 0,
    meta: Mapping[str, Any] | None = None,
) -> Iterator[GenomicArray]:
    """Give a GenomicArray, filled with `padding`, whose data are the file's; it stands at `path` at the end."""
    with replacing(path) as temporary:
        shape = (len(layout), strands, len(conditions))
        with h5py.File(temporary, "w", libver="latest") as file:
            _describe(file, "genome", conditions, padding, meta or {})
            file.attrs["resolution"] = layout.resolution
            file.attrs["whole"] = layout.whole
            _write_columns(file, "chroms", name=list(layout.chromsizes), size=list(layout.chromsizes.values()))
            _write_columns(file, "segments", chrom=layout.chrom, start=layout.start, end=layout.end)
            _create_data(file, shape, np.dtype(dtype))
        data = _memory_map(temporary, mode="r+")
        array = GenomicArray(layout, data, tuple(conditions), padding, dict(meta or {}))
        if np.any(padding):
            data[...] = padding
        yield array
        if isinstance(data, np.memmap):
            data.flush()


def save(array: AnyArray, path: str | PathLike[str]) -> None:
    """Write an array to a dataset file, whole or not at all."""
    if isinstance(array, GenomicArray):
        options: dict[str, Any] = {
            "strands": array.strands,
            "dtype": array.data.dtype,
            "padding": array.padding,
            "meta": array.meta,
        }
        with writing(path, array.layout, array.conditions, **options) as file_array:
            file_array.data[...] = array.data
        return
    with replacing(path) as temporary, h5py.File(temporary, "w", libver="latest") as file:
        _describe(file, "regions", array.conditions, 0, array.meta)
        _write_columns(file, "chroms", name=list(array.chroms), size=[0] * len(array.chroms))
        _write_columns(file, "regions", chrom=array.chrom, start=array.start, end=array.end)
        _create_data(file, array.data.shape, array.data.dtype)[...] = array.data


def load(path: str | PathLike[str]) -> AnyArray:
    """Open a dataset file; its data are memory-mapped, read-only.

    Raises InputFileError where the file is damaged, no dataset file, or of another version.
    """
    try:
        with h5py.File(existing(path), "r") as file:
            _require_format(file, path)
            columns = {name: {k: v[()] for k, v in file[name].items()} for name in file if name != "data"}
            attrs = dict(file.attrs)
        data = _memory_map(path, mode="r")
    except (OSError, KeyError, ValueError) as error:
        if isinstance(error, InputFileError):
            raise
        raise InputFileError(
            path, f"is damaged or no jangdan dataset file ({error}); delete it and build it again"
        ) from error
    return _assemble(columns, attrs, data)


def _assemble(columns: dict[str, dict[str, NDArray[Any]]], attrs: dict[str, Any], data: NDArray[Any]) -> AnyArray:
    names = [n.decode() for n in columns["chroms"]["name"]]
    conditions, meta = tuple(json.loads(attrs["conditions"])), json.loads(attrs["meta"])
    if attrs["kind"] == "regions":
        places = columns["regions"]
        return RegionArray(tuple(names), places["chrom"], places["start"], places["end"], data, conditions, meta)
    chromsizes = dict(zip(names, columns["chroms"]["size"].tolist(), strict=True))
    segments = columns["segments"]
    layout = Layout(
        chromsizes,
        int(attrs["resolution"]),
        segments["chrom"],
        segments["start"],
        segments["end"],
        whole=bool(attrs["whole"]),
    )
    return GenomicArray(layout, data, conditions, _padding(attrs["padding"]), meta)


def _padding(text: str) -> Padding:
    padding = json.loads(text)
    return tuple(padding) if isinstance(padding, list) else padding


def _describe(
    file: h5py.File, kind: str, conditions: tuple[str, ...], padding: Padding, meta: Mapping[str, Any]
) -> None:
    file.attrs.update(format=FORMAT, version=VERSION, kind=kind, padding=json.dumps(padding))
    file.attrs["conditions"] = json.dumps(list(conditions))
    file.attrs["meta"] = json.dumps(dict(meta), sort_keys=True)


def _write_columns(file: h5py.File, group: str, **columns: Any) -> None:
    for name, values in columns.items():
        text = len(values) and isinstance(values[0], str)
        file[f"{group}/{name}"] = np.array(values, dtype="S") if text else np.asarray(values, dtype=np.int64)


def _create_data(file: h5py.File, shape: tuple[int, ...], dtype: np.dtype[Any]) -> h5py.Dataset:
    """Create /data with its space allocated at once, so that it has an offset to map."""
    plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plist.set_layout(h5py.h5d.CONTIGUOUS)
    plist.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
    plist.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
    space, kind = h5py.h5s.create_simple(shape), h5py.h5t.py_create(dtype)
    return h5py.Dataset(h5py.h5d.create(file.id, b"data", kind, space, dcpl=plist))


def _memory_map(path: str | PathLike[str], mode: str) -> NDArray[Any]:
    with h5py.File(path, "r") as file:
        dataset = file["data"]
        offset, shape, dtype = dataset.id.get_offset(), dataset.shape, dataset.dtype
    if 0 in shape:
        return np.zeros(shape, dtype=dtype)
    if offset is None or offset + dtype.itemsize * int(np.prod(shape)) > Path(path).stat().st_size:
        raise InputFileError(path, "its array is not contiguous or not complete; delete it and build it again")
    return np.memmap(path, dtype=dtype, mode=mode, offset=offset, shape=shape)  # type: ignore[call-overload]


def _require_format(file: h5py.File, path: str | PathLike[str]) -> None:
    found = (file.attrs.get("format"), file.attrs.get("version"))
    if found != (FORMAT, VERSION):
        raise InputFileError(
            path, f"is of format {found[0]!r} version {found[1]}, expected {FORMAT!r} version {VERSION}; build it again"
        )
