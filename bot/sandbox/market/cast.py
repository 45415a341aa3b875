"""The people of the demo: who chats, who distributes, and how much of the shop's trade each one brings."""

from __future__ import annotations

from dataclasses import dataclass

from models.funnel.links import SHOP, Channel


@dataclass(frozen=True, slots=True)
class Chatter:
    """Somebody with a chat account, the same at every start."""

    chat_id: int
    name: str
    username: str
    language: str


MEI = Chatter(900_000_001, "小美 Mei", "mei_demo", "zh-hans")
TOM = Chatter(900_000_002, "Tom", "tom_demo", "en")
ALEX = Chatter(900_000_003, "Alex", "alex_demo", "en")
OWNER = Chatter(900_000_004, "老板 Wang", "wang_demo", "zh-hans")
CHATTERS = (MEI, TOM, ALEX, OWNER)
"""Mei and Tom distribute, Alex buys, Wang owns the shop."""


@dataclass(frozen=True, slots=True)
class Promoter:
    """A distributor: `share` is how many of a hundred customers come by their links.

    `risen_days_ago`: since when they hold `level`, as promoters before; None for ever.
    """

    external_id: str
    name: str
    level: str
    share: int
    channels: tuple[Channel, ...]
    favourites: tuple[str, ...]
    sponsor: str | None = None
    risen_days_ago: int | None = None
    chatter: Chatter | None = None
    coupon: str | None = None

    @property
    def shelves(self) -> tuple[tuple[str, Channel], ...]:
        """SKU and channel of every link that they keep; the shop as a whole first."""
        return tuple((sku, channel) for sku in (SHOP, *self.favourites) for channel in self.channels)


COPIED, POSTER, BOARD = Channel.COPIED, Channel.POSTER, Channel.BOARD
VIDEO, INLINE, OTHER = Channel.VIDEO, Channel.INLINE, Channel.OTHER

PROMOTERS: tuple[Promoter, ...] = (
    Promoter(
        "mei", "小美 Mei", "leader", 20, (COPIED, POSTER), ("85123A", "22423", "22720", "47566", "79321"),
        risen_days_ago=21, chatter=MEI, coupon="MEI5",
    ),
    Promoter(
        "tom", "Tom", "leader", 14, (BOARD, COPIED), ("22960", "22502", "22697", "85099B"),
        chatter=TOM, coupon="TOM5",
    ),
    Promoter("li-lei", "李雷", "partner", 10, (POSTER, VIDEO), ("22423", "48194", "22726")),
    Promoter("sophie", "Sophie Turner", "promoter", 8, (COPIED,), ("22697", "22139"), sponsor="tom"),
    Promoter("wang-fang", "王芳", "promoter", 7, (COPIED, POSTER), ("22411", "20725"), sponsor="mei"),
    Promoter("james", "James Carter", "promoter", 6, (VIDEO, COPIED), ("82482", "84879")),
    Promoter("chen-chen", "陈晨", "leader", 6, (BOARD, POSTER), ("22457", "22189"), sponsor="mei"),
    Promoter("emma", "Emma Wilson", "promoter", 4, (INLINE,), ("22570", "21754")),
    Promoter("zhao-min", "赵敏", "promoter", 2, (COPIED,), ("21731",), sponsor="wang-fang"),
    Promoter("oliver", "Oliver Brown", "promoter", 1, (OTHER,), ("15056N",)),
)  # fmt: skip
"""78 of a hundred customers come by somebody's link, the others by themselves."""
