"""Colours and shapes of the tiers: a ramp by rank, whatever the tiers are called, legible in both themes.

Colours are found in OKLCH, where equal steps look equal, and then moved in lightness until the contrast that WCAG 2.2
asks for is there: 4.5 for the words of a badge, 3 for an area of a chart.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

TEXT_CONTRAST = 4.5
AREA_CONTRAST = 3.0
# What rounding to 8 bits may take away again
_SPARE = 0.1

# The shapes say the rank without colour; drawn in a box of 12 by 12
_TRIANGLE = "M6 1 11.4 11H.6z"
_CROSS = "M4.2.8h3.6v3.4h3.4v3.6H7.8v3.4H4.2V7.8H.8V4.2h3.4z"
_SQUARE = "M1.5 1.5h9v9h-9z"
_HEXAGON = "M6 .4 10.9 3.2v5.6L6 11.6 1.1 8.8V3.2z"
_CIRCLE = "M6 .8a5.2 5.2 0 1 1 0 10.4A5.2 5.2 0 0 1 6 .8z"
_HOLLOW_DIAMOND = "M6 .3 11.7 6 6 11.7.3 6zM6 2.8 2.8 6 6 9.2 9.2 6z"
_SHAPES = {
    1: (_CIRCLE,),
    2: (_TRIANGLE, _CIRCLE),
    3: (_TRIANGLE, _SQUARE, _CIRCLE),
    4: (_TRIANGLE, _CROSS, _SQUARE, _CIRCLE),
    5: (_TRIANGLE, _CROSS, _SQUARE, _HEXAGON, _CIRCLE),
}

# Red over amber to a green that leans to blue, so that it and the red differ for eyes that do not tell them apart
_HUES = (25.0, 75.0, 163.0)
_CHROMAS = (0.17, 0.125, 0.105)
_GREY = (250.0, 0.012)
# How much darker the lowest tier's area is than the highest's: a second difference for the same eyes
_DEEPER = 0.1


@dataclass(frozen=True, slots=True)
class Theme:
    """The surfaces that tiers are drawn on, as #rrggbb, and where the search for each colour starts."""

    surface: str
    page: str
    tint_lightness: float
    tint_chroma: float
    ink_lightness: float
    fill_lightness: float
    step: float
    """Towards more contrast."""


LIGHT = Theme("#ffffff", "#f6f7f8", 0.955, 0.18, 0.50, 0.70, -0.005)
DARK = Theme("#171d22", "#0f1418", 0.285, 0.36, 0.80, 0.60, 0.005)


@dataclass(frozen=True, slots=True)
class Swatch:
    """Colours of one tier in one theme, as #rrggbb."""

    tint: str
    """Ground of a badge."""
    ink: str
    """Words on that ground."""
    fill: str
    """Area of a chart."""


def swatch(rank: int | None, tiers: int, theme: Theme) -> Swatch:
    """The colours of the tier of this rank (0 is the lowest) among so many; None is unscored: grey."""
    place = 1.0 if rank is None or tiers == 1 else rank / (tiers - 1)
    hue, chroma = _GREY if rank is None else _ramp(place)
    tint = _hex(theme.tint_lightness, chroma * theme.tint_chroma, hue)
    ink = _legible(theme.ink_lightness, chroma * 0.9, hue, (tint, theme.surface, theme.page), TEXT_CONTRAST, theme.step)
    deep = theme.fill_lightness - _DEEPER * (1 - place)
    fill = _legible(deep, chroma, hue, (theme.surface,), AREA_CONTRAST, theme.step)
    return Swatch(tint, ink, fill)


def shape(rank: int | None, tiers: int) -> str:
    """Outline of the tier's mark; beyond five tiers the shapes repeat and the name beside tells them apart."""
    if rank is None:
        return _HOLLOW_DIAMOND
    shapes = _SHAPES.get(tiers, _SHAPES[5])
    return shapes[rank % len(shapes)]


def css(tiers: int) -> str:
    """Style rules that give `.t0`, `.t1`, ... (by rank) and `.tx` (unscored) their colours in both themes."""

    def rules(theme: Theme) -> str:
        return "".join(
            f".{css_class(rank)}{{--tint:{one.tint};--ink-t:{one.ink};--fill:{one.fill}}}"
            for rank in (*range(tiers), None)
            for one in (swatch(rank, tiers, theme),)
        )

    return f"{rules(LIGHT)}@media screen and (prefers-color-scheme:dark){{{rules(DARK)}}}"


def css_class(rank: int | None) -> str:
    return "tx" if rank is None else f"t{rank}"


def contrast(one: str, other: str) -> float:
    """WCAG contrast ratio of two colours given as #rrggbb."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _ramp(place: float) -> tuple[float, float]:
    """Hue and chroma at a place from 0 (lowest tier) to 1."""
    at = place * 2
    low = min(int(at), 1)
    part = at - low
    return (
        _HUES[low] + part * (_HUES[low + 1] - _HUES[low]),
        _CHROMAS[low] + part * (_CHROMAS[low + 1] - _CHROMAS[low]),
    )


def _legible(lightness: float, chroma: float, hue: float, grounds: tuple[str, ...], least: float, step: float) -> str:
    """The first colour from this lightness on, in steps, that stands off all grounds."""
    while 0 <= lightness <= 1:
        colour = _hex(lightness, chroma, hue)
        if all(contrast(colour, ground) >= least + _SPARE for ground in grounds):
            return colour
        lightness += step
    return "#000000" if step < 0 else "#ffffff"


def _hex(lightness: float, chroma: float, hue: float) -> str:
    """OKLCH as #rrggbb; chroma is taken back until the colour exists in sRGB."""
    while True:
        linear = _linear(lightness, chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue)))
        if chroma <= 0 or all(-1e-4 <= part <= 1 + 1e-4 for part in linear):
            return "#" + "".join(f"{round(255 * _encode(part)):02x}" for part in linear)
        chroma = max(0.0, chroma - 0.002)


def _linear(lightness: float, a: float, b: float) -> tuple[float, float, float]:
    """Linear sRGB of an OKLab colour (Ottosson's matrices)."""
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def _encode(part: float) -> float:
    held = min(1.0, max(0.0, part))
    return float(12.92 * held if held <= 0.0031308 else 1.055 * held ** (1 / 2.4) - 0.055)


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return float(0.2126 * red + 0.7152 * green + 0.0722 * blue)
