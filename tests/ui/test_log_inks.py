"""The inks of the sources of a log: told apart in every theme, and never those of trouble."""

import math
from itertools import combinations

import pytest
from rich.style import Style
from textual.color import Color, rgb_to_lab

from kubegenie_tui.domain.log_source import LogSource
from kubegenie_tui.theme import SOURCE_INKS, THEMES
from kubegenie_tui.widgets.log_lines import LogLines
from tests.ui.stage import Stage

APART = 20.0
"""Distance of two colours in CIE L*a*b* (CIE76); 2.3 is what is just noticed."""
READABLE = 4.5
"""Contrast with the ground, of WCAG 2.1, AA."""


async def inks(theme: str) -> tuple[list[Style], list[Style], Color]:
    """Those of the first sources and one more, those of a warning and an error, and the ground."""
    lines = LogLines()
    async with Stage(lines, theme=theme).run_test():
        lines.set_sources([LogSource("shop", f"web-{number:02}", "web") for number in range(SOURCE_INKS + 1)])
        styles = [lines._source(number, 0)[0].style for number in range(SOURCE_INKS + 1)]
        return (
            [Style.parse(str(style)) for style in styles],
            [lines.ink("warn"), lines.ink("bad")],
            lines.background_colors[1],
        )


def colour(style: Style) -> Color:
    assert style.color is not None
    return Color.from_rich_color(style.color)


def distance(one: Style, other: Style) -> float:
    first, second = rgb_to_lab(colour(one)), rgb_to_lab(colour(other))
    return math.dist((first.L, first.a, first.b), (second.L, second.a, second.b))


@pytest.mark.parametrize("theme", THEMES)
async def test_the_first_sources_all_differ_and_then_they_begin_anew(theme: str) -> None:
    sources, trouble, _ = await inks(theme)
    looks = [(style.color, style.reverse) for style in sources]
    assert len(set(looks[:SOURCE_INKS])) == SOURCE_INKS >= 12
    assert looks[SOURCE_INKS] == looks[0]
    assert not {style.color for style in sources} & {style.color for style in trouble}


@pytest.mark.parametrize("theme", [name for name in THEMES if name != "terminal"])
async def test_they_are_far_apart_and_readable(theme: str) -> None:
    sources, trouble, ground = await inks(theme)
    for one, other in combinations(sources[:SOURCE_INKS], 2):
        assert distance(one, other) > APART, f"{one} and {other}"
    for source in sources:
        assert all(distance(source, each) > APART for each in trouble), source
        assert contrast(colour(source), ground) > READABLE, source


def contrast(one: Color, other: Color) -> float:
    """The ratio of WCAG 2.1."""
    dark, light = sorted(map(luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(of: Color) -> float:
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in of.normalized]
    return sum(share * each for share, each in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
