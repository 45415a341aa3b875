"""Things to keep: star, flower, necklace, house, building blocks."""

from __future__ import annotations

from math import cos, radians, sin

from bot.media.drawn.pen import Pen, Point, curve, ellipse, heart, rounded


def star(pen: Pen) -> None:
    """A hanging star with a smaller one in it."""
    p = pen.palette
    pen.shadow(600, 1010, 220, 22)
    pen.line([(600, 120), (600, 300)], p.dark, 9)
    pen.ring(600, 150, 34, 34, color=p.dark, width=10)
    pen.oval(600, 215, 24, 24, p.second)
    pen.body(_star(600, 620, 370), p.main, p.second)
    pen.body(_star(600, 620, 190), p.light)
    pen.oval(600, 620, 46, 46, p.main)


def _star(x: float, y: float, size: float) -> list[Point]:
    points = []
    for corner in range(10):
        reach = size if corner % 2 == 0 else size * 0.5
        angle = radians(corner * 36 - 90)
        points.append((x + reach * cos(angle), y + reach * sin(angle)))
    return points


def flower(pen: Pen) -> None:
    """A flower in a pot with a saucer."""
    p = pen.palette
    pen.shadow(600, 1000, 260, 24)
    pen.line(curve((600, 760), (600, 640), (600, 560), (600, 440)), "#6E8B4E", 26)
    for side in (-1, 1):
        leaf = [
            *curve((600, 690), (600 + side * 60, 560), (600 + side * 190, 540), (600 + side * 230, 560)),
            *curve((600 + side * 230, 560), (600 + side * 200, 660), (600 + side * 90, 710), (600, 690)),
        ]
        pen.shape(leaf, "#8AA765")
    for petal in range(8):
        angle = radians(petal * 45)
        pen.oval(600 + 120 * cos(angle), 390 + 120 * sin(angle), 76, 76, p.second if petal % 2 else p.main)
    pen.oval(600, 390, 84, 84, "#FFD773")
    pen.body([(420, 760), (780, 760), (735, 985), (465, 985)], p.main, p.second)
    pen.body(rounded(395, 715, 805, 785, 18), p.main)
    pen.body(rounded(380, 965, 820, 1005, 18), p.dark)


def necklace(pen: Pen) -> None:
    """A string of beads with a heart, on a bust."""
    p = pen.palette
    pen.shadow(600, 1010, 240, 22)
    bust = [
        *curve((520, 210), (520, 380), (520, 440), (360, 520)),
        *curve((360, 520), (270, 570), (290, 800), (420, 960)),
        *curve((780, 960), (910, 800), (930, 570), (840, 520)),
        *curve((840, 520), (680, 440), (680, 380), (680, 210)),
    ]
    pen.body(bust, p.light)
    pen.oval(600, 210, 80, 24, p.disc)
    pen.body(rounded(390, 945, 810, 1010, 20), p.dark)
    string = curve((516, 350), (440, 780), (760, 780), (684, 350))
    pen.line(string, p.dark, 5)
    for number, (x, y) in enumerate(string[2:-2:3]):
        pen.oval(x, y, 24, 24, p.main if number % 2 else p.second)
    pen.line([(600, 680), (600, 720)], p.dark, 8)
    pen.body(heart(600, 728, 130), p.main)


def house(pen: Pen) -> None:
    """A little house with a round window."""
    p = pen.palette
    pen.shadow(600, 1000, 330, 24)
    pen.body([(760, 260), (830, 260), (830, 480), (760, 480)], p.dark)
    pen.body([(330, 540), (870, 540), (870, 990), (330, 990)], p.light)
    pen.body([(600, 220), (960, 590), (240, 590)], p.main, p.second)
    pen.oval(600, 470, 62, 62, p.light)
    pen.body(heart(600, 448, 58), p.main)
    pen.body([(530, 990), (530, 780), *ellipse(600, 780, 70, 70, (180, 360)), (670, 990)], p.main)
    pen.oval(650, 880, 11, 11, p.light)
    for x in (390, 720):
        pen.box(x, 690, x + 90, 790, p.second, radius=10)
        pen.line([(x + 45, 694), (x + 45, 786)], p.light, 8)
        pen.line([(x + 4, 740), (x + 86, 740)], p.light, 8)
        pen.box(x - 14, 790, x + 104, 812, p.dark, radius=8)


def blocks(pen: Pen) -> None:
    """Three wooden blocks, one on two."""
    p = pen.palette
    pen.shadow(600, 985, 380, 26)
    for left, top, color in ((250, 650, p.second), (610, 650, p.main), (430, 310, p.dark)):
        pen.body(rounded(left, top, left + 330, top + 325, 34), color)
        pen.box(left + 38, top + 38, left + 292, top + 287, p.light, radius=20)
    pen.body(_star(415, 815, 96), p.main)
    pen.body(heart(775, 770, 112), p.main)
    pen.oval(595, 472, 84, 84, p.second)
    pen.oval(595, 472, 40, 40, p.main)
