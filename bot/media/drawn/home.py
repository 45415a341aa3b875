"""Things for the house: lantern, candle, clock, cushion, frame, hot-water bottle."""

from __future__ import annotations

from math import cos, radians, sin

from bot.media.drawn.pen import Pen, curve, ellipse, heart, rounded


def lantern(pen: Pen) -> None:
    """A hand lantern with a flame behind glass."""
    p = pen.palette
    pen.shadow(600, 1000, 240, 26)
    pen.ring(600, 300, 130, 150, color=p.dark, width=22)
    pen.shape([(470, 360), (730, 360), (800, 450), (400, 450)], p.dark)
    pen.box(540, 300, 660, 370, p.dark, radius=20)
    pen.box(430, 450, 770, 900, "#FFF1C9", radius=10)
    pen.oval(600, 720, 130, 150, "#FFE39A")
    pen.body(rounded(540, 720, 660, 900, 16), p.light)
    flame(pen, 600, 715, 1.0)
    for x in (430, 770):
        pen.box(x - 13, 440, x + 13, 905, p.main, radius=6)
    pen.body(rounded(385, 430, 815, 478, 20), p.main)
    pen.body(rounded(385, 885, 815, 935, 20), p.main)
    pen.body([(410, 930), (790, 930), (830, 1005), (370, 1005)], p.main)


def flame(pen: Pen, x: float, y: float, size: float) -> None:
    """A burning wick whose foot stands at (x, y)."""
    s = size
    pen.line([(x, y + 6 * s), (x, y - 26 * s)], pen.palette.dark, 7 * s)
    for color, w, h in (("#F2912E", 40, 130), ("#FFC94D", 24, 88)):
        left = curve(
            (x, y - 14 * s), (x - w * 1.5 * s, y - 34 * s), (x - w * 0.5 * s, y - h * 0.7 * s), (x, y - h * s)
        )
        right = curve(
            (x, y - h * s), (x + w * 0.5 * s, y - h * 0.7 * s), (x + w * 1.5 * s, y - 34 * s), (x, y - 14 * s)
        )
        pen.shape([*left, *right], color)


def candle(pen: Pen) -> None:
    """Three candles of different height on a saucer."""
    p = pen.palette
    pen.shadow(600, 985, 380, 26)
    for x, top, wide, color in ((420, 560, 78, p.second), (780, 640, 78, p.light), (600, 430, 92, p.main)):
        flame(pen, x, top - 6, 1.25)
        pen.body(
            [(x - wide, top), (x + wide, top), (x + wide, 940), (x - wide, 940)],
            color,
            p.light if color == p.main else None,
        )
        pen.oval(x, top, wide, 20, p.light if color != p.light else p.second)
        pen.oval(x, top + 3, wide * 0.72, 12, "#FFE39A")
        pen.line([(x, top + 2), (x, top - 24)], p.dark, 7)
    pen.body(
        [
            (250, 925),
            (950, 925),
            *curve((950, 925), (930, 985), (820, 992), (780, 992)),
            *curve((420, 992), (380, 992), (270, 985), (250, 925)),
        ],
        p.dark,
    )


def clock(pen: Pen) -> None:
    """An alarm clock with two bells at ten past ten."""
    p = pen.palette
    pen.shadow(600, 1000, 280, 26)
    for side in (-1, 1):
        pen.line([(600 + side * 190, 880), (600 + side * 250, 985)], p.dark, 40)
        pen.line([(600 + side * 150, 400), (600 + side * 200, 330)], p.dark, 26)
        bell = ellipse(600 + side * 205, 325, 120, 105, (180, 360))
        tilt = radians(side * 36)
        turned = [
            (
                600 + side * 205 + (x - 600 - side * 205) * cos(tilt) - (y - 325) * sin(tilt),
                325 + (x - 600 - side * 205) * sin(tilt) + (y - 325) * cos(tilt),
            )
            for x, y in bell
        ]
        pen.body(turned, p.second)
    pen.line([(600, 340), (600, 240)], p.dark, 22)
    pen.oval(600, 235, 34, 34, p.dark)
    pen.body(ellipse(600, 650, 330, 330), p.main)
    pen.oval(600, 650, 262, 262, p.light)
    for hour in range(12):
        angle = radians(hour * 30)
        long = 190 if hour % 3 == 0 else 212
        pen.line(
            [
                (600 + 236 * sin(angle), 650 - 236 * cos(angle)),
                (600 + long * sin(angle), 650 - long * cos(angle)),
            ],
            p.dark,
            14 if hour % 3 == 0 else 8,
        )
    pen.line([(600, 650), (600 - 112, 650 - 78)], p.dark, 22)
    pen.line([(600, 650), (600 + 150, 650 - 96)], p.dark, 16)
    pen.line([(600, 690), (600, 470)], p.main, 8)
    pen.oval(600, 650, 24, 24, p.main)


def cushion(pen: Pen) -> None:
    """A plump cushion with piping, tassels and a button."""
    p = pen.palette
    pen.shadow(600, 965, 330, 28)
    a, b, c, d = (255, 300), (945, 300), (920, 930), (280, 930)
    edge = [
        *curve(a, (420, 345), (480, 275), (600, 275)),
        *curve((600, 275), (720, 275), (780, 345), b),
        *curve(b, (905, 430), (965, 520), (955, 615)),
        *curve((955, 615), (950, 720), (885, 800), c),
        *curve(c, (780, 890), (720, 960), (600, 960)),
        *curve((600, 960), (480, 960), (420, 890), d),
        *curve(d, (315, 800), (250, 720), (245, 615)),
        *curve((245, 615), (235, 520), (295, 430), a),
    ]
    pen.body(edge, p.main, p.second)
    pen.line([*edge, edge[0]], p.light, 12)
    for x, y in (a, b, c, d):
        pen.oval(x, y, 34, 34, p.second)
        pen.oval(x, y, 18, 18, p.light)
    pen.oval(600, 612, 40, 40, p.dark)
    pen.oval(592, 604, 26, 26, p.second)


def frame(pen: Pen) -> None:
    """A picture frame with hills and a sun."""
    p = pen.palette
    pen.line([(600, 200), (430, 330)], p.dark, 8)
    pen.line([(600, 200), (770, 330)], p.dark, 8)
    pen.oval(600, 198, 18, 18, p.dark)
    pen.shadow(620, 985, 330, 22)
    pen.body(rounded(270, 320, 930, 980, 18), p.main)
    pen.box(325, 375, 875, 925, p.light, radius=6)
    pen.box(385, 435, 815, 865, p.disc)
    pen.oval(690, 560, 62, 62, "#FFC94D")
    pen.shape(
        [
            *curve((385, 720), (480, 600), (560, 620), (640, 720)),
            *curve((640, 720), (700, 660), (770, 660), (815, 700)),
            (815, 865),
            (385, 865),
        ],
        p.second,
    )
    pen.shape([*curve((385, 800), (520, 710), (660, 820), (815, 760)), (815, 865), (385, 865)], p.main)


def hot_water_bottle(pen: Pen) -> None:
    """A hot-water bottle in a knitted cover with a heart."""
    p = pen.palette
    pen.shadow(600, 1000, 260, 26)
    pen.body(rounded(515, 205, 685, 275, 22), p.dark)
    pen.body([(545, 270), (655, 270), (670, 400), (530, 400)], p.second)
    pen.body(
        [
            *curve((500, 380), (360, 420), (330, 480), (330, 580)),
            *curve((330, 900), (330, 985), (380, 1000), (450, 1000)),
            *curve((750, 1000), (820, 1000), (870, 985), (870, 900)),
            *curve((870, 580), (870, 480), (840, 420), (700, 380)),
        ],
        p.main,
        p.second,
    )
    pen.box(490, 350, 710, 425, p.light, radius=30)
    pen.oval(600, 720, 170, 170, p.light)
    pen.body(heart(600, 670, 150), p.main)
