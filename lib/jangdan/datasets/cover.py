"""Cover: coverage over windows, shape (region, bins, strand, condition)."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jangdan.datasets.build import Files, Place, build_coverage, build_region_values
from jangdan.datasets.genomic import GenomicDataset
from jangdan.datasets.readers import BamReader, BedReader, BigwigReader, CoverageReader
from jangdan.errors import DataError, OptionError
from jangdan.formats.bam import ReadCounting, bam_sizes
from jangdan.formats.bigwig import bigwig_sizes, write_bigwig
from jangdan.genome.indexer import GenomicIndexer
from jangdan.normalize.apply import fit, transform
from jangdan.normalize.normalizers import Normalizer, normalizer_named
from jangdan.storage.dataset_file import AnyArray
from jangdan.storage.genomic_array import GenomicArray


class Cover(GenomicDataset):
    """Coverage of one or more conditions over the windows of an indexer.

    Values have shape (region, bins, strand, condition), float or integer. A window on the reverse
    strand is read in its own direction: its bins are reversed, and so are its two strands.
    """

    @property
    def conditions(self) -> tuple[str, ...]:
        """Names of the last axis."""
        return self.garray.conditions

    @property
    def shape(self) -> tuple[int, ...]:
        """(region, bins, strand, condition), or (region, condition, bins, strand) if not channel_last."""
        bins = self.window // self.garray.resolution if isinstance(self.garray, GenomicArray) else 1
        return self._arranged_shape((len(self), bins, self.garray.strands, len(self.conditions)))

    def _read(self, indices: NDArray[np.int64]) -> NDArray[Any]:
        values = self._gather(indices)
        reverse = self._is_reverse(indices)
        if reverse.any():
            values[reverse] = values[reverse][:, ::-1, ::-1]
        return self._arrange(values)

    @classmethod
    def create_from_bam(
        cls,
        name: str,
        bamfiles: str | Sequence[str],
        roi: Any = None,
        genomesize: Mapping[str, int] | None = None,
        conditions: Sequence[str] | None = None,
        min_mapq: int | None = None,
        binsize: int | None = None,
        stepsize: int | None = None,
        flank: int = 0,
        resolution: int | None = 1,
        dtype: str = "float32",
        stranded: bool = True,
        pairedend: str = "5prime",
        channel_last: bool = True,
        normalizer: Any = None,
        zero_padding: bool = True,
        random_state: int | None = None,
        store_whole_genome: bool = False,
    ) -> "Cover":
        """Count reads of BAM files, one condition a file.

        Single reads count at their 5' end (on the reverse strand at `reference_end - 1`); pairs at
        both 5' ends, or ``pairedend="midpoint"`` at the middle of the template. `resolution` is in bp
        a bin, None for one value a region. Reads of a bin are summed.
        """
        counting = ReadCounting(stranded=stranded, min_mapq=min_mapq or 0, pairedend=pairedend)
        files = name_files(bamfiles, conditions)
        sizes = genomesize or bam_sizes(next(iter(files.values())))
        indexer = _indexer(roi, binsize, stepsize, flank, resolution, zero_padding, random_state)
        stored = _Stored(sizes, resolution, dtype, store_whole_genome)
        return cls(name, stored.load(files, BamReader(counting), indexer, normalizer), indexer, channel_last)

    @classmethod
    def create_from_bigwig(
        cls,
        name: str,
        bigwigfiles: str | Sequence[str],
        roi: Any = None,
        genomesize: Mapping[str, int] | None = None,
        conditions: Sequence[str] | None = None,
        binsize: int | None = None,
        stepsize: int | None = None,
        flank: int = 0,
        resolution: int | None = 1,
        dtype: str = "float32",
        collapser: str | None = None,
        nan_to_num: bool = True,
        channel_last: bool = True,
        normalizer: Any = None,
        zero_padding: bool = True,
        random_state: int | None = None,
        store_whole_genome: bool = False,
    ) -> "Cover":
        """Read the signal of bigWig files, one condition a file; `collapser` (default "mean") makes bins."""
        reader = BigwigReader(collapser=collapser or "mean", nan_to_num=nan_to_num)
        files = name_files(bigwigfiles, conditions)
        sizes = genomesize or bigwig_sizes(next(iter(files.values())))
        indexer = _indexer(roi, binsize, stepsize, flank, resolution, zero_padding, random_state)
        stored = _Stored(sizes, resolution, dtype, store_whole_genome)
        return cls(name, stored.load(files, reader, indexer, normalizer), indexer, channel_last)

    @classmethod
    def create_from_bed(
        cls,
        name: str,
        bedfiles: str | Sequence[str],
        roi: Any = None,
        genomesize: Mapping[str, int] | None = None,
        conditions: Sequence[str] | None = None,
        binsize: int | None = None,
        stepsize: int | None = None,
        resolution: int | None = 1,
        flank: int = 0,
        dtype: str = "float32",
        mode: str = "binary",
        collapser: str | None = None,
        channel_last: bool = True,
        normalizer: Any = None,
        zero_padding: bool = True,
        random_state: int | None = None,
        store_whole_genome: bool = False,
    ) -> "Cover":
        """Read BED, narrowPeak, GFF or GTF files: presence (mode "binary") or score (mode "score").

        `genomesize` defaults to what the regions of interest span. `collapser` defaults to "max".
        """
        indexer = _indexer(roi, binsize, stepsize, flank, resolution, zero_padding, random_state)
        sizes = genomesize or _spanned(indexer)
        reader = BedReader(mode=mode, collapser=collapser or "max", clip=genomesize is None)
        stored = _Stored(sizes, resolution, dtype, store_whole_genome)
        files = name_files(bedfiles, conditions)
        return cls(name, stored.load(files, reader, indexer, normalizer), indexer, channel_last)

    @classmethod
    def create_from_array(
        cls,
        name: str,
        array: NDArray[Any],
        gindexer: GenomicIndexer,
        genomesize: Mapping[str, int] | None = None,
        conditions: Sequence[str] | None = None,
        channel_last: bool = True,
        padding_value: float = 0.0,
        store_whole_genome: bool = False,
    ) -> "Cover":
        """Put predictions back onto the genome.

        array: shape (region, bins, strand, condition) for the windows of `gindexer` without flanks; the
        resolution is binsize / bins. Where windows overlap, the later one counts. Raises DataError
        where shape and windows do not fit.
        """
        values = array if channel_last else np.moveaxis(array, 1, -1)
        if values.ndim != 4 or len(values) != len(gindexer) or gindexer.binsize % values.shape[1]:
            raise DataError(
                f"array of shape {array.shape}: expected ({len(gindexer)}, bins, strand, condition) "
                f"with bins dividing {gindexer.binsize} bp"
            )
        resolution = gindexer.binsize // values.shape[1]
        plain = gindexer.with_flank(0)
        names = tuple(conditions or (f"Cond_{i}" for i in range(values.shape[3])))
        place = Place(genomesize or _spanned(plain), None if store_whole_genome else plain.to_table(), resolution)
        garray = GenomicArray.empty(
            place.layout(), names, strands=values.shape[2], dtype=values.dtype, padding=padding_value
        )
        cover = cls(name, garray, plain, channel_last)
        _scatter(garray, plain, values)
        return cover

    def export_to_bigwig(self, output_dir: str, genomesize: Mapping[str, int] | None = None) -> list[Path]:
        """Write one bigWig a condition (and strand), `<output_dir>/<name>.<condition>.bigwig`; returns the paths."""
        if not isinstance(self.garray, GenomicArray):
            raise DataError(f"dataset {self.name!r} has one value a region; give a resolution to export a track")
        paths = []
        for number, condition in enumerate(self.conditions):
            for strand in range(self.garray.strands):
                suffix = f".{'forward' if strand == 0 else 'reverse'}" if self.garray.strands == 2 else ""
                path = Path(output_dir) / f"{self.name}.{condition}{suffix}.bigwig"
                sizes = genomesize or self.garray.layout.chromsizes
                write_bigwig(path, sizes, track_values(self.garray, strand, number))
                paths.append(path)
        return paths


def name_files(files: str | Sequence[str], conditions: Sequence[str] | None) -> Files:
    """Return condition -> path; conditions default to the file names without folder and ending."""
    paths = [files] if isinstance(files, str) or not isinstance(files, Sequence) else list(files)
    names = list(conditions) if conditions is not None else [Path(p).name.split(".")[0] for p in paths]
    if len(names) != len(paths) or len(set(names)) != len(names):
        raise OptionError(f"conditions={names}: expected {len(paths)} different names, one a file")
    return dict(zip(names, map(str, paths), strict=True))


def track_values(garray: GenomicArray, strand: int, condition: int) -> Any:
    """Yield (chrom, starts, ends, values) of each stored stretch, in bp, cut at the chromosome's end."""
    layout = garray.layout
    names = list(layout.chromsizes)
    for i in range(len(layout.start)):
        chrom = names[layout.chrom[i]]
        starts = np.arange(layout.start[i], layout.end[i], dtype=np.int64) * layout.resolution
        ends = np.minimum(starts + layout.resolution, layout.chromsizes[chrom])
        values = garray.data[layout.offset[i] : layout.offset[i + 1], strand, condition]
        yield chrom, starts, ends, np.asarray(values, dtype=np.float64)


class _Stored:
    """Loads, then normalizes: in one order for every format."""

    def __init__(self, sizes: Mapping[str, int], resolution: int | None, dtype: str, whole: bool) -> None:
        self.sizes, self.resolution, self.dtype, self.whole = sizes, resolution, dtype, whole

    def load(self, files: Files, reader: CoverageReader, indexer: GenomicIndexer | None, normalizer: Any) -> AnyArray:
        if self.resolution is None:
            if indexer is None:
                raise OptionError("resolution=None needs a roi: one value a region")
            return build_region_values(files, reader, indexer, self.sizes, self.dtype)
        if indexer is None and not self.whole:
            raise OptionError("roi=None needs store_whole_genome=True")
        regions = None if self.whole or indexer is None else _with_flanks(indexer)
        garray = build_coverage(files, reader, Place(self.sizes, regions, self.resolution, self.dtype), {})
        return _normalized(garray, indexer, normalizer)


def _normalized(garray: GenomicArray, indexer: GenomicIndexer | None, normalizer: Any) -> GenomicArray:
    steps = [normalizer] if isinstance(normalizer, (str, Normalizer)) else list(normalizer or ())
    chain = [normalizer_named(s) if isinstance(s, str) else s for s in steps]
    if not chain:
        return garray
    fit(chain, garray, indexer or GenomicIndexer.create_from_genomesize(garray.layout.chromsizes, garray.resolution))
    blank = np.zeros((1, garray.strands, len(garray.conditions))) + np.asarray(garray.padding)
    padding = tuple(transform(chain, blank)[0, 0].tolist())
    return GenomicArray(garray.layout, transform(chain, garray.data), garray.conditions, padding)


def _indexer(
    roi: Any,
    binsize: int | None,
    stepsize: int | None,
    flank: int,
    resolution: int | None,
    padded: bool,
    seed: int | None,
) -> GenomicIndexer | None:
    if resolution and binsize and binsize % resolution:
        raise OptionError(f"resolution={resolution} does not divide binsize={binsize}")
    if roi is None:
        return None
    return GenomicIndexer.create_from_file(roi, binsize, stepsize, flank, padded, resolution is None, seed)


def _with_flanks(indexer: GenomicIndexer) -> Any:
    table = indexer.to_table()
    return table.assign(start=table["start"] - indexer.flank, end=table["end"] + indexer.flank)


def _spanned(indexer: GenomicIndexer | None) -> dict[str, int]:
    if indexer is None:
        raise OptionError("genomesize is needed where no roi is given")
    ends = indexer.end + indexer.flank
    return {chrom: int(ends[indexer.chrom == i].max()) for i, chrom in enumerate(indexer.chroms)}


def _scatter(garray: GenomicArray, indexer: GenomicIndexer, values: NDArray[Any]) -> None:
    numbers = np.array([garray.layout.number(c) for c in indexer.chroms], dtype=np.int64)
    place, stored = garray.layout.locate(numbers[indexer.chrom], indexer.start // garray.resolution, values.shape[1])
    garray.data[place[stored]] = values[stored]
