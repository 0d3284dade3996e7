"""Cover: coverage over windows, shape (region, bins, strand, condition), from files and arrays."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from jangdan.datasets import tracks
from jangdan.datasets.coverage import Coverage, Paths, bigwig_source, conditions_of, region_sources, windows_of
from jangdan.datasets.fragment_source import FragmentSource
from jangdan.datasets.from_array import array_on_genome, window_values
from jangdan.datasets.read_source import BamSource
from jangdan.datasets.stored_cover import StoredCover
from jangdan.datasets.storing import Keeping
from jangdan.errors import whole_number
from jangdan.formats.bam.coverage import ReadCounting
from jangdan.formats.collapse import Collapser
from jangdan.formats.fragments import FragmentCounting
from jangdan.genome.indexer import GenomicIndexer

Sizes = Mapping[str, int]


class Cover(StoredCover):
    """Coverage of one or more conditions over the windows of an indexer.

    Values have shape (region, bins, strand, condition), float or integer; see StoredCover.

    What the constructors share: `roi` is a BED, narrowPeak, GFF or GTF path, a BedTool, a DataFrame or a list of
    Interval, cut into windows by `binsize`, `stepsize`, `flank` and `zero_padding` (see GenomicIndexer), None for the
    whole genome, with `store_whole_genome`. `genomesize`: contig -> bp. `conditions` name the files (default: the
    file names without folder and ending). `resolution`: bp a bin, None for one value a region, flanks included.
    `normalizer`: name, object, function, or a list of these, fitted on the windows. `storage`,
    `cache`, `overwrite`, `datatags`: see `datasets.keeping`. `random_state` shuffles the windows.
    """

    @classmethod
    def create_from_bam(
        cls,
        name: str,
        bamfiles: Paths,
        roi: Any = None,
        genomesize: Sizes | None = None,
        conditions: Sequence[str] | None = None,
        min_mapq: int | None = None,
        binsize: int | None = None,
        stepsize: int | None = None,
        flank: int = 0,
        resolution: int | None = 1,
        storage: str = "ndarray",
        dtype: str = "float32",
        stranded: bool = True,
        overwrite: bool = False,
        pairedend: str = "5prime",
        template_extension: int = 0,
        datatags: Sequence[str] | None = None,
        cache: bool = False,
        channel_last: bool = True,
        normalizer: Any = None,
        zero_padding: bool = True,
        random_state: int | None = None,
        store_whole_genome: bool = False,
        shift: tuple[int, int] = (0, 0),
        keep_duplicates: bool = False,
        keep_secondary: bool = False,
        keep_supplementary: bool = False,
        keep_qcfail: bool = False,
        reference: str | None = None,
    ) -> "Cover":
        """Count reads of BAM or CRAM files; files of the same condition are added up.

        Single reads count at their 5' end (on the reverse strand at `reference_end - 1`); pairs at
        both 5' ends, ``pairedend="midpoint"`` at the middle of the template, ``"fragment"`` at each
        base of it; ``"coverage"`` counts each aligned base. Reads of a bin are summed. `shift`: bp added to 5' ends on
        the forward and reverse strand, (4, -5) for Tn5. Duplicates, secondary, supplementary and QC-failed
        reads count only if kept. `reference`: the FASTA of a CRAM. `template_extension` (bp) is not needed, since
        every template of a file is seen; it must not be negative.
        """
        whole_number("template_extension", template_extension, 0)
        counting = ReadCounting(
            stranded=stranded,
            min_mapq=min_mapq or 0,
            pairedend=pairedend,
            shift=shift,
            keep_duplicates=keep_duplicates,
            keep_secondary=keep_secondary,
            keep_supplementary=keep_supplementary,
            keep_qcfail=keep_qcfail,
        )
        sources = conditions_of(bamfiles, conditions, BamSource, counting=counting, reference=reference)
        indexer = windows_of(roi, binsize, stepsize, flank, resolution, zero_padding, random_state)
        keeping = Keeping(name, storage, cache, overwrite, datatags)
        coverage = Coverage(sources, indexer, genomesize, resolution, dtype, store_whole_genome, normalizer)
        return cls(name, coverage.kept(keeping), indexer, channel_last)

    @classmethod
    def create_from_fragments(
        cls,
        name: str,
        fragmentfiles: Paths,
        roi: Any = None,
        genomesize: Sizes | None = None,
        conditions: Sequence[str] | None = None,
        binsize: int | None = None,
        stepsize: int | None = None,
        flank: int = 0,
        resolution: int | None = 1,
        storage: str = "ndarray",
        dtype: str = "float32",
        mode: str = "ends",
        shift: tuple[int, int] = (0, 0),
        use_counts: bool = False,
        barcodes: Collection[str] | None = None,
        overwrite: bool = False,
        datatags: Sequence[str] | None = None,
        cache: bool = False,
        channel_last: bool = True,
        normalizer: Any = None,
        zero_padding: bool = True,
        random_state: int | None = None,
        store_whole_genome: bool = False,
    ) -> "Cover":
        """Count fragments of tab-separated files (chrom, start, end, barcode, count; plain or gzipped).

        mode: "ends" (both cut sites), "midpoint" or "fragment" (each base). `use_counts` counts each row as
        often as its fifth column says; `barcodes` keeps the rows of some cells. Files of the same condition
        are added up. `genomesize` defaults to what the regions of interest span.
        """
        counting = FragmentCounting(mode=mode, shift=shift, use_counts=use_counts, barcodes=barcodes)
        clip = genomesize is None
        sources = conditions_of(fragmentfiles, conditions, FragmentSource, counting=counting, clip=clip)
        indexer = windows_of(roi, binsize, stepsize, flank, resolution, zero_padding, random_state)
        keeping = Keeping(name, storage, cache, overwrite, datatags)
        coverage = Coverage(sources, indexer, genomesize, resolution, dtype, store_whole_genome, normalizer)
        return cls(name, coverage.kept(keeping), indexer, channel_last)

    @classmethod
    def create_from_bigwig(
        cls,
        name: str,
        bigwigfiles: Paths,
        roi: Any = None,
        genomesize: Sizes | None = None,
        conditions: Sequence[str] | None = None,
        binsize: int | None = None,
        stepsize: int | None = None,
        resolution: int | None = 1,
        flank: int = 0,
        storage: str = "ndarray",
        dtype: str = "float32",
        overwrite: bool = False,
        datatags: Sequence[str] | None = None,
        cache: bool = False,
        store_whole_genome: bool = False,
        channel_last: bool = True,
        zero_padding: bool = True,
        normalizer: Any = None,
        collapser: Collapser | None = None,
        random_state: int | None = None,
        nan_to_num: bool = True,
    ) -> "Cover":
        """Read the signal of bigWig or bedGraph files, one condition a file.

        `collapser` ("mean" by default, "sum", "max", "min", or a function of (bins, bp, strands) that reduces
        axis 1) makes bins. Gaps are 0, or NaN where `nan_to_num` is False.
        """
        options = {"collapser": collapser, "nan_to_num": nan_to_num, "clip": genomesize is None}
        sources = conditions_of(bigwigfiles, conditions, bigwig_source, **options)
        indexer = windows_of(roi, binsize, stepsize, flank, resolution, zero_padding, random_state)
        keeping = Keeping(name, storage, cache, overwrite, datatags)
        coverage = Coverage(sources, indexer, genomesize, resolution, dtype, store_whole_genome, normalizer)
        return cls(name, coverage.kept(keeping), indexer, channel_last)

    @classmethod
    def create_from_bed(
        cls,
        name: str,
        bedfiles: Paths,
        roi: Any = None,
        genomesize: Sizes | None = None,
        conditions: Sequence[str] | None = None,
        binsize: int | None = None,
        stepsize: int | None = None,
        resolution: int | None = 1,
        flank: int = 0,
        storage: str = "ndarray",
        dtype: str = "float32",
        mode: str = "binary",
        store_whole_genome: bool = False,
        overwrite: bool = False,
        channel_last: bool = True,
        zero_padding: bool = True,
        normalizer: Any = None,
        collapser: Collapser | None = None,
        minoverlap: float | None = None,
        random_state: int | None = None,
        datatags: Sequence[str] | None = None,
        cache: bool = False,
        feature: str | Collection[str] | None = None,
        anchor: str = "region",
    ) -> "Cover":
        """Read BED, narrowPeak, GFF, GTF or bedGraph files.

        mode: "binary" (presence), "score" (column 5), "bedgraph" (column 4), "categorical" (whole-number scores
        as one-hot, a condition for each of 0 .. largest), "score_category" or "name_category" (a condition
        for each score or name found). `collapser` defaults to "max". `minoverlap`: the fraction of a bin (of the
        region, for resolution=None) that a feature must cover to count. `feature`: rows of GFF and GTF of that
        type. `anchor`: "region", its "center", or its "summit". `genomesize` defaults to what the regions of
        interest span.
        """
        options = {"collapse": collapser or "max", "feature": feature, "anchor": anchor, "minoverlap": minoverlap}
        sources = region_sources(bedfiles, conditions, mode, {**options, "clip": genomesize is None})
        indexer = windows_of(roi, binsize, stepsize, flank, resolution, zero_padding, random_state)
        keeping = Keeping(name, storage, cache, overwrite, datatags)
        coverage = Coverage(sources, indexer, genomesize, resolution, dtype, store_whole_genome, normalizer)
        return cls(name, coverage.kept(keeping), indexer, channel_last)

    @classmethod
    def create_from_array(
        cls,
        name: str,
        array: NDArray[Any],
        gindexer: GenomicIndexer,
        genomesize: Sizes | None = None,
        conditions: Sequence[str] | None = None,
        storage: str = "ndarray",
        overwrite: bool = False,
        cache: bool = False,
        datatags: Sequence[str] | None = None,
        channel_last: bool = True,
        padding_value: float = 0.0,
        store_whole_genome: bool = False,
        resolution: int | None = None,
    ) -> "Cover":
        """Put predictions back onto the genome.

        array: shape (region, bins, strand, condition), or (region, condition, bins, strand) if not channel_last, for
        the windows of `gindexer` without flanks, each in its window's direction. `resolution` (bp a bin) follows
        from the shape; where it is given it must agree. Where windows overlap, the later one counts.
        Raises DataError where shape and windows do not fit.
        """
        values = window_values(array, channel_last)
        keeping = Keeping(name, storage, cache, overwrite, datatags)
        whole = store_whole_genome
        recipe = array_on_genome(values, gindexer, genomesize, conditions, padding_value, whole, resolution)
        return cls(name, keeping.kept(recipe), gindexer.with_flank(0), channel_last)

    def export_to_bigwig(self, output_dir: str | Path, genomesize: Sizes | None = None) -> list[Path]:
        """Write one bigWig a condition (and strand), `<output_dir>/<name>.<condition>.bigwig`; returns the paths.

        `genomesize` defaults to the sizes that the dataset knows. NaN is left out. Raises IntervalError where regions
        of different values overlap.
        """
        return tracks.export_to_bigwig(self.name, self.garray, Path(output_dir), genomesize)

    def export_to_bed(self, output_dir: str | Path) -> list[Path]:
        """Write one BED6 a condition (and strand), `<output_dir>/<name>.<condition>.bed`, a row a bin with its value
        as score; bins of value 0 or NaN are left out. Returns the paths."""
        return tracks.export_to_bed(self.name, self.garray, Path(output_dir))
