"""Every card there is, made of facts that try to break it."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.cards import earning, goods, home, joining, posters, settings, timeline
from bot.cards.card import Card
from bot.cards.notices import notice_card
from bot.voice.catalogue import Voice
from models.catalog.products import Product
from models.funnel.attribution import Rule
from models.funnel.links import Channel
from models.funnel.orders import Order, OrderLine, OrderState
from models.money.commissions import Commission, CommissionState, RateKind, Reason
from models.money.earnings import Earnings, Entry, EntryPage, Goods, Waiting
from models.money.notices import AtShop, InDebt, OrderPaid, Released, TakenBack
from models.money.timeline import EarnedLine, Happening, Moment, Timeline
from models.people.staff import Role
from models.plans.document import PlanDocument, Rate, Title
from models.plans.reading import read_plan
from tests.builders import BASE_PLAN

KEY = 2**63 - 1
AT = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
ZONE = ZoneInfo("America/New_York")
NASTY = "<b>&\"' \u202eevil\u202c 👩‍👩‍👧‍👦 مرحبا " + "W" * 200
MUCH = 10**15
URL = "https://go.shop.example/r/K7Q2ABCD"
LEVEL = Title(zh="推广员" * 20, en="Promoter" * 7)


def plan(text: str = BASE_PLAN) -> PlanDocument:
    """A plan as it is read."""
    return read_plan(text, "GBP")


def sums(*, has_orders: bool = True, **changes: int) -> Earnings:
    """Earnings with every figure at its longest."""
    given = {"today_minor": MUCH, "month_minor": MUCH, "estimated_minor": MUCH, "review_minor": MUCH}
    return Earnings(
        **{**given, "available_minor": -MUCH, **changes},
        awaiting=Waiting(MUCH, AT),
        held=Waiting(MUCH, AT),
        has_orders=has_orders,
    )


def product(**changes: object) -> Product:
    """A product with everything."""
    given = {"id": KEY, "merchant_id": 1, "sku": "S" * 100, "title": NASTY, "price_minor": MUCH, "stock": 9}
    return Product.model_validate({**given, "updated_at": AT, **changes})


def offer(rate: Rate | None = None, earns_minor: int | None = MUCH) -> goods.Offer:
    """What the product earns."""
    return goods.Offer(product(), rate, earns_minor)


def entry(state: CommissionState = CommissionState.HELD, reason: Reason | None = None) -> Entry:
    """An order on the list."""
    return Entry(
        order_id=KEY,
        order_ref=NASTY,
        goods=Goods(NASTY, 41),
        channel=Channel.COPIED,
        amount_minor=MUCH,
        reversed_minor=MUCH,
        net_minor=MUCH,
        state=state,
        reason=reason,
        earned_at=AT,
        release_at=AT,
        released_at=AT,
    )


def order(**changes: object) -> Order:
    """An order of ours."""
    given = {
        "id": KEY,
        "merchant_id": 1,
        "order_ref": NASTY,
        "state": OrderState.PAID,
        "currency": "GBP",
        "content_digest": "",
        "distributor_id": 1,
        "rule": Rule.LAST_CLICK,
        "placed_at": AT,
        "paid_at": AT,
    }
    return Order.model_validate({**given, **changes})


def line(**changes: object) -> OrderLine:
    """6 × 2.55."""
    given = {
        "merchant_id": 1,
        "order_id": KEY,
        "position": 0,
        "line_ref": "1",
        "sku": "85123A",
        "quantity": 6,
        "unit_price": "2.55",
        "gross_minor": 1530,
        "discount_minor": 0,
        "order_discount_minor": 0,
        "base_minor": 1530,
    }
    return OrderLine.model_validate({**given, **changes})


def commission(**changes: object) -> Commission:
    """12 % of it."""
    given = {
        "merchant_id": 1,
        "order_id": KEY,
        "line_id": 1,
        "distributor_id": 1,
        "base_minor": 1530,
        "quantity": 6,
        "rate_kind": RateKind.PERCENT,
        "rate": "12",
        "rule": "level=leader",
        "level": "leader",
        "plan_version": 1,
        "amount_minor": 183,
        "state": CommissionState.HELD,
        "earned_at": AT,
    }
    return Commission.model_validate({**given, **changes})


def story(*lines: EarnedLine, moments: tuple[Moment, ...] = ()) -> timeline.TimelineFacts:
    """An order with these lines."""
    return timeline.TimelineFacts(ZONE, Timeline(order(), Channel.POSTER, moments, lines))


def earned(made: Commission | None, title: str = "Heart", **changes: object) -> EarnedLine:
    """A line that earned this."""
    return EarnedLine(title, line(**changes), made, LEVEL if made is not None else None)


def gallery(voice: Voice) -> dict[str, Card]:
    """Each card by a name, at its most extreme."""
    at_shop = AtShop(KEY, NASTY, "GBP", ZONE)
    invitation = joining.Invitation("j_K7Q2ABCD", NASTY, "GBP", NASTY, plan(), is_demo=True)
    full_page = goods.GoodsPage("GBP", 4000, (offer(),) * 6, str(KEY), is_first=False)
    entries = EntryPage(tuple(entry(state) for state in CommissionState), f"1767225600000000-{KEY}")
    long_story = story(
        *(earned(commission(amount_minor=MUCH), NASTY) for _ in range(60)),
        moments=tuple(Moment(Happening.REFUND, AT, -MUCH) for _ in range(60)),
    )
    wish = posters.PosterWish(KEY, NASTY, "GBP", product(), NASTY, URL, "K7Q2ABCD")
    return {
        "invitation": joining.invitation_card(invitation, voice),
        "shops": joining.shops_card([joining.ShopChoice("m_k7q2abcdef", NASTY)] * 30, voice),
        "no shops": joining.shops_card([], voice),
        "useless link": joining.useless_link_card(voice),
        "closed shop": joining.closed_shop_card(NASTY, voice),
        "staff": joining.staff_welcome_card(NASTY, Role.OWNER, "m_k7q2abcdef", voice),
        "staff link used": joining.staff_link_used_card(voice),
        "home": home.home_card(
            home.HomeFacts(
                NASTY, "GBP", ZONE, LEVEL, sums(), home.NextStep.EARN_BACK, AT, shops=2, is_demo=True
            ),
            voice,
        ),
        "share": home.share_card(home.ShareFacts(NASTY, URL, "K7Q2ABCD", URL), voice),
        "my shops": home.my_shops_card([home.MyShop(KEY, NASTY, is_current=True)] * 20, voice),
        "goods": goods.goods_card(full_page, voice),
        "no goods": goods.goods_card(goods.GoodsPage("GBP", 0, (), None, is_first=True), voice),
        "product": goods.product_card(goods.ProductFacts("GBP", offer(), URL, "K7Q2ABCD"), voice),
        "poster": posters.poster_card(wish, b"jpeg", voice),
        "no poster": posters.no_poster_card(wish, voice),
        "earnings": earning.earnings_card(earning.EarningsFacts(NASTY, "GBP", ZONE, sums(), AT), voice),
        "no earnings": earning.earnings_card(
            earning.EarningsFacts(NASTY, "GBP", ZONE, sums(has_orders=False), AT), voice
        ),
        "entries": earning.entries_card(
            earning.EntriesFacts("GBP", ZONE, entries, CommissionState.ESTIMATED, is_first=False), voice
        ),
        "no entries": earning.entries_card(
            earning.EntriesFacts("GBP", ZONE, EntryPage((), None), None, is_first=True), voice
        ),
        "time line": timeline.timeline_card(long_story, voice),
        "why": timeline.why_card(long_story, 1, voice),
        "settings": settings.settings_card(voice),
        "help": settings.help_card(voice),
        "not understood": settings.not_understood_card(voice),
        "gone": settings.gone_card(voice),
        "busy": settings.busy_card(voice),
        "refused": settings.refused_card(voice),
        "order paid": notice_card(
            OrderPaid(at_shop, KEY, NASTY, Goods(NASTY, 9), None, MUCH, CommissionState.AWAITING, AT, AT),
            voice,
        ),
        "released": notice_card(Released(at_shop, MUCH, 9, MUCH, AT), voice),
        "taken back": notice_card(
            TakenBack(at_shop, KEY, NASTY, Goods(NASTY, 9), MUCH, MUCH, cancelled=True, at=AT), voice
        ),
        "debt": notice_card(InDebt(at_shop, MUCH, AT), voice),
    }
