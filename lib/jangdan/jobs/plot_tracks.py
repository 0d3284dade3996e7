"""The genome-browser figure of one model and condition: signal, label, prediction, attribution, genes."""

from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike

import numpy as np
from matplotlib.figure import Figure

from jangdan.errors import DataError
from jangdan.formats.bigwig.reader import bigwig_sizes, read_bigwig
from jangdan.formats.registry import read_regions
from jangdan.genome.interval import Interval
from jangdan.genome.regions import rename_contigs
from jangdan.plots.tracks import GeneTrack, LetterTrack, RegionTrack, SignalTrack, Track, plot_tracks
from jangdan.records.kinds import FORMATS, format_of
from jangdan.storage.dataset_file import load, load_genomic

Path = str | PathLike[str]


@dataclass(frozen=True)
class TrackFiles:
    """coverage: dataset name -> dataset file; label: the target's source file; annotation: genes, or None."""

    coverage: Mapping[str, Path]
    label: Path
    predictions: Path
    attribution: Path
    annotation: Path | None = None
    feature: str | None = None


def best_region(attribution: Path, width: int) -> Interval:
    """Return `width` bp around the attributed stretch with the largest absolute attribution."""
    array = load_genomic(attribution)
    layout = array.layout
    mass = np.add.reduceat(np.abs(array.data).sum(axis=(1, 2)), layout.offset[:-1])
    best = int(np.argmax(mass))
    chrom = layout.contigs.names[layout.chrom[best]]
    center = int(layout.start[best] + layout.end[best]) // 2
    start = max(center - width // 2, 0)
    return Interval(chrom, start, min(start + width, layout.contigs.sizes[chrom]))


def track_figure(files: TrackFiles, region: Interval, condition: str, aliases: Mapping[str, str]) -> Figure:
    """Draw all tracks over a region; raises DataError where its contig is unknown to the predictions."""
    if region.chrom not in bigwig_sizes(files.predictions):
        raise DataError(f"locus_figures: region: contig {region.chrom!r} is not in the genome")
    tracks: list[Track] = []
    for name, path in files.coverage.items():
        tracks += _coverage_tracks(name, path, region)
    if FORMATS[format_of(files.label)].regions is not None:
        tracks.append(RegionTrack(f"{condition} sites", rename_contigs(read_regions(files.label), aliases)))
    tracks.append(_bigwig_track(f"{condition} predicted", files.predictions, region))
    tracks.append(_letters(files.attribution, region))
    if files.annotation is not None:
        genes = rename_contigs(read_regions(files.annotation, feature=files.feature), aliases)
        tracks.append(GeneTrack("genes", genes))
    return plot_tracks(tracks, region.chrom, region.start, region.end)


def _coverage_tracks(name: str, path: Path, region: Interval) -> list[Track]:
    """Return a track a condition; datasets with one value a window have none."""
    array = load(path)
    if not array.continuous or array.resolution is None:
        return []
    start = region.start // array.resolution * array.resolution
    n_bins = -(-(region.end - start) // array.resolution)
    number = array.number(region.chrom)
    values = array.gather(np.array([number]), np.array([start]), n_bins * array.resolution)[0].sum(axis=1)
    starts = start + np.arange(n_bins) * array.resolution
    return [
        SignalTrack(f"{name} {c}", starts, starts + array.resolution, values[:, i].astype(np.float64))
        for i, c in enumerate(array.conditions)
    ]


def _bigwig_track(label: str, path: Path, region: Interval) -> SignalTrack:
    values = next(v for c, _, v in read_bigwig(path, nan_to_num=False) if c == region.chrom)
    starts = np.arange(region.start, region.end)
    return SignalTrack(label, starts, starts + 1, values[region.start : region.end, 0])


def _letters(path: Path, region: Interval) -> LetterTrack:
    array = load_genomic(path)
    values = array.gather([array.number(region.chrom)], [region.start], len(region))[0, :, 0]
    return LetterTrack("attribution", region.start, values)
