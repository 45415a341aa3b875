"""Cards to send."""

from __future__ import annotations

from markupsafe import Markup

from bot.cards.card import Card, Picture

HELLO = Card(Markup("<b>Hello</b> &amp; welcome"))
POSTER = Card(Markup("Your <i>poster</i>"), picture=Picture(content=b"\xff\xd8jpeg", filename="tea.jpg"))
EXPORT = Card(Markup("Entries"), picture=Picture(content=b"a,b", filename="entries.csv", as_file=True))
