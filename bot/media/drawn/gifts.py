"""Things to give: bag, box, heart, garland, bauble, umbrella, notebook."""

from __future__ import annotations

from bot.media.drawn.pen import Pen, Point, curve, ellipse, rounded
from bot.media.drawn.pen import heart as heart_shape


def bag(pen: Pen) -> None:
    """A shopper with two handles."""
    p = pen.palette
    pen.shadow(600, 1000, 340, 26)
    pen.line(curve((440, 500), (440, 190), (700, 190), (700, 500)), p.dark, 26)
    pen.body([(285, 470), (915, 470), (960, 995), (240, 995)], p.main, p.light)
    pen.line(curve((500, 520), (500, 230), (760, 230), (760, 520)), p.dark, 30)
    pen.body([(285, 470), (915, 470), (920, 530), (280, 530)], p.second)
    for x in (500, 760):
        pen.oval(x, 520, 26, 26, p.light)
        pen.oval(x, 520, 12, 12, p.dark)


def box(pen: Pen) -> None:
    """A gift box with ribbon and bow."""
    p = pen.palette
    pen.shadow(600, 985, 360, 26)
    pen.body([(290, 560), (910, 560), (910, 975), (290, 975)], p.main, p.second)
    pen.body(rounded(250, 450, 950, 585, 16), p.main)
    pen.box(545, 450, 655, 975, p.light)
    pen.box(640, 450, 655, 975, p.disc)
    for side in (-1, 1):
        loop = [
            *curve((600, 445), (600 + side * 60, 250), (600 + side * 300, 210), (600 + side * 290, 330)),
            *curve((600 + side * 290, 330), (600 + side * 285, 430), (600 + side * 120, 440), (600, 445)),
        ]
        pen.shape(loop, p.second)
        inner: list[Point] = [(600 + (x - 600) * 0.62 + side * 40, 392 + (y - 392) * 0.55) for x, y in loop]
        pen.shape(inner, p.dark)
    pen.box(552, 390, 648, 470, p.light, radius=26)


def heart(pen: Pen) -> None:
    """A large hanging heart on a cord with beads."""
    p = pen.palette
    pen.shadow(600, 1010, 220, 22)
    pen.line([(600, 120), (600, 470)], p.dark, 9)
    pen.ring(600, 150, 34, 34, color=p.dark, width=10)
    pen.oval(600, 250, 22, 22, p.second)
    pen.oval(600, 300, 30, 30, p.main)
    pen.oval(600, 352, 22, 22, p.second)
    pen.body(heart_shape(600, 470, 470), p.main, p.second)
    pen.body(heart_shape(600, 560, 270), p.light)
    pen.body(heart_shape(600, 622, 130), p.main)


def garland(pen: Pen) -> None:
    """Two strings of bunting."""
    p = pen.palette
    colors = (p.main, p.light, p.second, p.dark)
    for y, sag, start in ((330, 170, 0), (620, 170, 2)):
        cord = curve((150, y), (420, y + sag), (780, y + sag), (1050, y))
        for number in range(6):
            a, b = cord[number * 7 - (number > 4)], cord[min(number * 7 + 5, 40)]
            tip = ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2 + 190)
            color = colors[(number + start) % 4]
            pen.body([a, b, tip], color, p.second if color == p.main else None)
        pen.line(cord, p.dark, 12)
        for x in (150, 1050):
            pen.oval(x, y, 20, 20, p.dark)


def bauble(pen: Pen) -> None:
    """Two tree baubles, one with a band."""
    p = pen.palette
    pen.shadow(640, 1010, 250, 20)
    for x, y, size, color, printed in ((760, 480, 165, p.second, p.light), (510, 690, 285, p.main, p.second)):
        pen.line([(x, 120), (x, y - size)], p.dark, 8)
        pen.ring(x, y - size - 46, 24, 26, color=p.dark, width=9)
        pen.body(ellipse(x, y, size, size), color, printed)
        pen.body(rounded(x - 44, y - size - 30, x + 44, y - size + 22, 12), p.dark)
    band = [*ellipse(510, 640, 281, 60, (180, 0)), *ellipse(510, 740, 281, 60, (0, 180))]
    pen.body(band, p.light)
    for x in (350, 430, 510, 590, 670):
        pen.oval(x, 744 - abs(x - 510) * 0.1, 20, 20, p.main)


def umbrella(pen: Pen) -> None:
    """An open umbrella."""
    p = pen.palette
    pen.shadow(620, 1010, 200, 20)
    pen.line([(600, 200), (600, 900)], p.dark, 22)
    pen.line(ellipse(545, 900, 55, 75, (0, 180)), p.main, 30)
    rim = [point for x in (885, 695, 505, 315) for point in ellipse(x, 610, 95, 52, (0, -180))]
    pen.body([*ellipse(600, 610, 380, 370, (180, 360)), *rim], p.main, p.second)
    for pull in (-150, 150):
        pen.line(
            curve((600, 240), (600 + pull * 0.5, 300), (600 + pull * 1.25, 430), (600 + pull * 1.27, 600)),
            p.dark,
            6,
        )
    pen.oval(600, 228, 24, 24, p.dark)


def notebook(pen: Pen) -> None:
    """A notebook with an elastic band, and a pencil."""
    p = pen.palette
    pen.shadow(600, 1000, 330, 24)
    pen.body(rounded(330, 250, 850, 985, 24), p.dark)
    pen.body(rounded(310, 230, 830, 965, 24), p.main, p.second)
    pen.box(310, 230, 390, 965, p.dark, radius=24)
    pen.box(470, 380, 750, 540, p.light, radius=18)
    for y, right in ((430, 700), (485, 640)):
        pen.line([(520, y), (right, y)], p.second, 12)
    pen.box(765, 230, 790, 965, p.light)
    pen.shape([(905, 380), (965, 380), (965, 860), (935, 950), (905, 860)], "#F2C14E")
    pen.shape([(905, 860), (965, 860), (935, 950)], "#F4DDB8")
    pen.shape([(924, 918), (946, 918), (935, 950)], p.dark)
    pen.box(905, 330, 965, 385, p.second, radius=12)
