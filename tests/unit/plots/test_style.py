import matplotlib as mpl
import pytest

from jangdan.errors import OptionError
from jangdan.plots.style import LETTER_COLOURS, PALETTE, colour, new_figure, save, tidy


def drawn():
    figure = new_figure(3, 2)
    ax = figure.add_subplot()
    ax.plot([0, 1], [0, 1])
    ax.fill_between([0, 1], 0, [1, 2], hatch="/")  # a clip path and a hatch get ids in an SVG
    tidy(ax, xlabel="x", ylabel="y", title="t")
    return figure


@pytest.mark.parametrize(("suffix", "magic"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_the_suffix_chooses_the_format_and_the_bytes_are_repeatable(tmp_path, suffix, magic):
    first, second = tmp_path / f"a.{suffix}", tmp_path / "sub" / f"b.{suffix}"
    save(drawn(), first)
    save(drawn(), second)
    assert first.read_bytes().startswith(magic)
    assert first.read_bytes() == second.read_bytes()
    assert b"atplotlib" not in first.read_bytes() or suffix == "svg"
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == [first.name]


def test_another_suffix_is_refused_and_writes_nothing(tmp_path):
    with pytest.raises(OptionError, match=r"\.png, \.svg, \.pdf"):
        save(drawn(), tmp_path / "a.jpeg")
    assert not list(tmp_path.iterdir())


def test_global_settings_stay_as_they_were(tmp_path):
    before = dict(mpl.rcParams)
    save(drawn(), tmp_path / "a.svg")
    assert dict(mpl.rcParams) == before


def test_the_size_is_in_inches():
    assert new_figure(4, 2.5).get_size_inches().tolist() == [4, 2.5]


def test_letters_have_colours_of_their_own():
    assert len({LETTER_COLOURS[c] for c in "ACGT"}) == 4
    assert colour(len(PALETTE)) == colour(0)
