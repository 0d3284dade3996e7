"""The whole demo from its settings: one generator, drawn from in a fixed order, one file after another."""

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from jangdan.formats.vcf import write_vcf
from jangdan.simulate.annotation import draw_genes, write_exclusion, write_genes, write_peaks
from jangdan.simulate.edits import Edit
from jangdan.simulate.fragments import draw_fragments
from jangdan.simulate.genome import Genome, draw_background, oriented, plant, scrub, write_genome
from jangdan.simulate.layout import Layout, plan_layout
from jangdan.simulate.motif import Motif, load_motif
from jangdan.simulate.reads import index_bam, pair_reads, write_bam
from jangdan.simulate.settings import DemoFiles, DemoSettings
from jangdan.simulate.signal import write_signal
from jangdan.simulate.truth import write_truth_sites, write_truth_variants
from jangdan.simulate.variants import draw_almost_sites, draw_variants

__all__ = ["DemoFiles", "DemoSettings", "simulate_demo"]

Planted = dict[int, NDArray[np.uint8]]
"""Row of a slot -> the codes that were planted there, as read on the + strand."""


def simulate_demo(outputs: DemoFiles, settings: DemoSettings) -> None:
    """Simulate the demo's input files and their truth; the same settings give the same bytes.

    A site is bound if, and only if, the sequence has the motif there, on either strand. Bound sites
    are open; so are some promoters and other places without a site, so that coverage alone does not
    tell. Decoys have the single-base frequencies of sites, not their pairs of letters, and are closed.

    Raises OptionError for settings that cannot be simulated, InputFileError for a motif that cannot be read.
    """
    motif = load_motif(settings.motif)
    rng = np.random.default_rng(settings.seed)
    layout = plan_layout(settings, rng)
    genome, planted, almost = _sequence(layout, motif, rng)
    write_genome(genome, outputs.genome, rng)
    variants = draw_variants(layout, genome, motif, almost, count=settings.variants, rng=rng)
    write_vcf(outputs.variants, layout.chromsizes, variants)
    write_truth_variants(variants, outputs.truth_variants)
    write_truth_sites(layout, {i: len(codes) for i, codes in planted.items()}, outputs.truth_sites)
    _annotate(outputs, settings, layout, rng=rng)
    _sequence_reads(outputs, settings, layout, genome=genome, rng=rng)


def _sequence(
    layout: Layout, motif: Motif, rng: Generator
) -> tuple[Genome, Planted, list[tuple[NDArray[np.uint8], Edit]]]:
    genome = draw_background(layout, rng)
    bound, decoys, almost_slots = (layout.of_kind(kind) for kind in ("bound", "decoy", "almost"))
    almost = draw_almost_sites(motif, almost_slots["strand"], rng)
    stretches = {"bound": motif.draw(rng, len(bound)), "decoy": motif.draw_decoys(rng, len(decoys))}
    planted: Planted = {i: codes for i, (codes, _) in zip(almost_slots.index, almost, strict=True)}
    for kind, slots in (("bound", bound), ("decoy", decoys)):
        for i, strand, codes in zip(slots.index, slots["strand"], stretches[kind], strict=True):
            planted[i] = oriented(codes, strand)
    plant(genome, layout.slots.loc[list(planted)], list(planted.values()))
    scrub(genome, motif, bound)
    return genome, planted, almost


def _annotate(outputs: DemoFiles, settings: DemoSettings, layout: Layout, *, rng: Generator) -> None:
    write_peaks(layout, outputs.peaks, rng)
    write_genes(draw_genes(layout, settings.genes, rng), outputs.genes)
    write_exclusion(layout, outputs.exclusion)
    write_signal(layout, outputs.signal, rng)


def _sequence_reads(
    outputs: DemoFiles, settings: DemoSettings, layout: Layout, *, genome: Genome, rng: Generator
) -> None:
    replicates = (
        (outputs.rep1, outputs.rep1_index, settings.fragments_rep1),
        (outputs.rep2, outputs.rep2_index, settings.fragments_rep2),
    )
    for bam, index, n in replicates:
        write_bam(bam, genome, pair_reads(draw_fragments(layout, n, rng), rng))
        index_bam(bam, index)
