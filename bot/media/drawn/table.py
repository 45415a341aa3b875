"""Things for the table: mug, cake tin, cake stand, bowl, jar."""

from __future__ import annotations

from bot.media.drawn.pen import Pen, curve, ellipse, heart, rounded


def mug(pen: Pen) -> None:
    """A steaming mug."""
    p = pen.palette
    pen.shadow(570, 960, 290, 26)
    for x in (460, 560, 660):
        pen.line(curve((x, 385), (x - 60, 330), (x + 60, 290), (x, 225)), p.light, 18)
    pen.ring(835, 660, 140, 150, color=p.main, width=52)
    pen.body(
        [
            (310, 440),
            (810, 440),
            *curve((810, 840), (810, 930), (770, 955), (700, 955)),
            *curve((420, 955), (350, 955), (310, 930), (310, 840)),
        ],
        p.main,
        p.second,
    )
    pen.oval(560, 440, 250, 44, p.light)
    pen.oval(560, 446, 222, 34, "#6B4226")
    pen.oval(560, 690, 118, 118, p.light)
    pen.body(heart(560, 655, 104), p.main)


def tin(pen: Pen) -> None:
    """Two stacked cake tins with a knob on top."""
    p = pen.palette
    pen.shadow(600, 985, 360, 26)
    pen.oval(600, 272, 44, 44, p.dark)
    for top, wide, color, printed in ((380, 260, p.second, p.light), (640, 340, p.main, p.second)):
        bottom = top + (250 if wide == 260 else 310)
        pen.body(
            [(600 - wide, top), (600 + wide, top), *ellipse(600, bottom, wide, 36, (0, 180))], color, printed
        )
        lid = [
            *ellipse(600, top - 52, wide + 16, 40, (180, 360)),
            *ellipse(600, top + 14, wide + 16, 40, (0, 180)),
        ]
        pen.body(lid, p.light)
        pen.oval(600, top - 52, wide + 16, 40, p.light)
        pen.ring(600, top - 52, wide - 20, 28, color=p.disc, width=6)
    pen.oval(600, 300, 40, 18, p.dark)
    pen.box(470, 745, 730, 855, p.light, radius=20)
    pen.body(heart(600, 775, 58), p.main)


def cakestand(pen: Pen) -> None:
    """A three-tier cake stand with little cakes."""
    p = pen.palette
    pen.shadow(600, 1000, 230, 24)
    pen.box(590, 210, 610, 960, p.dark, radius=8)
    pen.ring(600, 215, 34, 40, color=p.dark, width=14)
    for y, wide in ((430, 170), (640, 270), (860, 380)):
        for x in range(600 - wide + 75, 600 + wide - 60, 95):
            if abs(x - 600) > 36 or wide > 300:
                _cake(pen, x, y)
        pen.body([*ellipse(600, y, wide, 22, (180, 360)), *ellipse(600, y + 12, wide, 40, (0, 180))], p.main)
        pen.oval(600, y + 2, wide - 24, 10, p.second)
    pen.body(
        [
            (560, 895),
            (640, 895),
            *curve((640, 930), (660, 980), (720, 995), (760, 1000)),
            *curve((440, 1000), (480, 995), (540, 980), (560, 930)),
        ],
        p.main,
    )


def _cake(pen: Pen, x: float, y: float) -> None:
    p = pen.palette
    pen.shape([(x - 36, y - 52), (x + 36, y - 52), (x + 26, y + 6), (x - 26, y + 6)], p.second)
    pen.oval(x, y - 56, 42, 28, p.light)
    pen.oval(x, y - 76, 26, 20, p.light)
    pen.oval(x, y - 98, 12, 12, p.main)


def bowl(pen: Pen) -> None:
    """A stack of two bowls with a spoon."""
    p = pen.palette
    pen.shadow(600, 960, 270, 26)
    pen.line([(840, 330), (690, 560)], p.dark, 26)
    pen.oval(858, 300, 50, 66, p.dark)
    for top, color, printed in ((640, p.second, None), (520, p.main, p.second)):
        pen.body(
            [
                (240, top),
                (960, top),
                *curve((960, top), (940, top + 230), (780, top + 310), (720, top + 312)),
                *curve((480, top + 312), (420, top + 310), (260, top + 230), (240, top)),
            ],
            color,
            printed,
        )
    pen.oval(600, 520, 360, 52, p.light)
    pen.oval(600, 528, 326, 40, p.disc)
    pen.box(480, 930, 720, 965, p.dark, radius=12)


def jar(pen: Pen) -> None:
    """A storage jar with a label, and flowers in it."""
    p = pen.palette
    pen.shadow(600, 995, 250, 26)
    for x, y, lean in ((450, 300, -60), (600, 235, 0), (750, 310, 60)):
        pen.line(curve((600 + lean / 3, 560), (600 + lean, 480), (x, 420), (x, y)), "#6E8B4E", 16)
        for dx, dy in ((0, -52), (50, -16), (31, 42), (-31, 42), (-50, -16)):
            pen.oval(x + dx, y + dy, 40, 40, p.second if lean else p.main)
        pen.oval(x, y, 30, 30, "#FFD773")
    pen.body(
        [
            (470, 520),
            (730, 520),
            *curve((730, 560), (850, 600), (850, 660), (850, 720)),
            *curve((850, 900), (850, 980), (800, 995), (740, 995)),
            *curve((460, 995), (400, 995), (350, 980), (350, 900)),
            *curve((350, 720), (350, 660), (350, 600), (470, 560)),
        ],
        p.main,
        p.second,
    )
    pen.body(rounded(448, 500, 752, 556, 20), p.dark)
    pen.box(450, 720, 750, 880, p.light, radius=24)
    pen.body(heart(600, 768, 80), p.main)
