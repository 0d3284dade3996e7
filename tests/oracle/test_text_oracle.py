"""BED, GFF and VCF against pysam; and their bad input."""

from pathlib import Path

import pandas as pd
import pysam
import pytest

from jangdan.errors import InputFileError
from jangdan.formats.bed import read_bed, write_bed
from jangdan.formats.bigwig.reader import bigwig_sizes
from jangdan.formats.fasta.reader import read_fasta
from jangdan.formats.gff import read_gff
from jangdan.formats.registry import read_regions
from jangdan.formats.vcf import read_variants, variant_kind


def test_bed_lines_and_headers(tmp_path: Path) -> None:
    text = 'track name="x"\nbrowser position\n# note\nchrom\tstart\tend\nchr1\t1\t5\tp\t3.5\t-\n\nchr2\t0\t9\tq\t1\t.\n'
    (tmp_path / "a.bed").write_text(text)
    table = read_bed(tmp_path / "a.bed")
    assert table.to_numpy().tolist() == [["chr1", 1, 5, "p", 3.5, "-"], ["chr2", 0, 9, "q", 1.0, "."]]
    write_bed(table, tmp_path / "b.bed")
    pd.testing.assert_frame_equal(read_bed(tmp_path / "b.bed"), table)


def test_a_narrowpeak_has_summits(tmp_path: Path) -> None:
    rows = "chr1\t10\t50\tp\t0\t.\t1\t2\t3\t7\nchr1\t60\t90\tq\t0\t.\t1\t2\t3\t-1\n"
    (tmp_path / "a.narrowPeak").write_text(rows)
    assert read_regions(tmp_path / "a.narrowPeak")["summit"].tolist() == [17, -1]


@pytest.mark.parametrize("line", ["chr1\tx\t5", "chr1\t5\t5", "chr1\t-1\t5", "chr1\t5", "chr1\t1.5\t7"])
def test_a_malformed_bed_line_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "a.bed").write_text(f"# head\nchr1\t1\t5\n{line}\n")
    with pytest.raises(InputFileError, match="line 3"):
        read_bed(tmp_path / "a.bed")


def test_gff_coordinates_and_names(tmp_path: Path) -> None:
    text = (
        "##gff-version 3\nchr1\ts\tgene\t11\t20\t.\t-\t.\tID=g1;Name=A%20B\nchr1\ts\texon\t11\t15\t.\t-\t.\tParent=g1\n"
    )
    (tmp_path / "a.gff3").write_text(text)
    table = read_gff(tmp_path / "a.gff3", feature="gene")
    assert table[["chrom", "start", "end", "strand", "name"]].to_numpy().tolist() == [["chr1", 10, 20, "-", "A B"]]
    with pytest.raises(InputFileError, match="exon, gene"):
        read_gff(tmp_path / "a.gff3", feature="CDS")


def test_alleles_are_those_of_pysam(tmp_path: Path) -> None:
    head = "##fileformat=VCFv4.2\n##contig=<ID=chr1,length=100>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
    rows = ["1\ta\tA\tC,GT", "5\tb\tAC\tA", "9\tc\tA\tACC", "11\td\tAC\tGT", "20\te\tA\t<DEL>"]
    (tmp_path / "a.vcf").write_text(head + "".join(f"chr1\t{r}\t.\t.\t.\n" for r in rows))
    table = read_variants(tmp_path / "a.vcf")
    with pysam.VariantFile(str(tmp_path / "a.vcf")) as records:
        expected = [(r.start, r.ref, alt) for r in records for alt in r.alts]
    assert list(table[["pos", "ref", "alt"]].itertuples(index=False, name=None)) == expected
    assert variant_kind(table["ref"], table["alt"]).tolist() == [
        "snv", "insertion", "deletion", "insertion", "mnv", "symbolic"
    ]  # fmt: skip


def test_a_malformed_vcf_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.vcf").write_text("##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\nchr1\tten\ta\tA\tC\n")
    with pytest.raises(InputFileError, match="line 3"):
        read_variants(tmp_path / "a.vcf")


@pytest.mark.real
def test_the_yeast_files_hold_what_their_notes_say(yeast: Path) -> None:
    sizes = {name: len(codes) for name, codes in read_fasta(yeast / "genome/sacCer3.fa.gz")}
    assert (len(sizes), sum(sizes.values())) == (17, 12_157_105)
    assert len(read_regions(yeast / "annotation/exclusion_regions.arabic_names.bed")) == 419
    assert len(read_regions(yeast / "peaks/hmmratac_yeast500k_accessible_regions.narrowPeak")) == 1605
    assert len(read_gff(yeast / "annotation/SGD_genes.gff3.gz", feature="gene")) == 6607
    assert len(read_gff(yeast / "annotation/sacCer3.ensGene.gtf.gz", feature="transcript")) == 7127
    variants = read_variants(yeast / "variants/BY_RM.vcf.gz")
    assert variants["line"].nunique() == 45_543
    assert bigwig_sizes(yeast / "signal/ATAC_SRR1822137.cuts.bw")["chrI"] == 230_218
