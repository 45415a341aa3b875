"""Every card there is, made of facts that try to break it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from bot.cards import (
    answers,
    asking,
    buyers,
    captions,
    claim_desk,
    claims,
    earning,
    export,
    goods,
    home,
    joining,
    links,
    managing,
    own_data,
    posters,
    product_desk,
    settings,
    settlement,
    statements,
    timeline,
    trend,
)
from bot.cards.asking import AnswerFacts
from bot.cards.card import Card, Picture
from bot.cards.notices import notice_card
from bot.cards.plans import Shown
from bot.media.errors import TemplateInvalidError
from bot.media.profiles import Profile
from bot.media.sheets import SheetForm
from bot.media.template import parse_template
from bot.voice.catalogue import Voice
from bot.voice.languages import Language
from models.catalog.captions import CAPTION_CHARS, Tone
from models.catalog.products import Product, ProductState
from models.catalog.shelves import Category
from models.catalog.templates import PosterTemplate
from models.funnel.attribution import Rule, Verdict
from models.funnel.links import Channel, Link, LinkState
from models.funnel.orders import Order, OrderLine, OrderState
from models.funnel.shared_cards import CardState
from models.money.asking import OrderAnswer, OwnCandidate, Standing
from models.money.bonus_notices import BonusEarned
from models.money.claim_notices import ClaimDecided, ClaimFiled
from models.money.claims import NOTE_CHARS, TEXT_CHARS, Claim, ClaimState
from models.money.commissions import Commission, CommissionKind, CommissionState, RateKind, Reason
from models.money.earnings import Earnings, Goods, Waiting
from models.money.entries import Entry, EntryOrder, EntryPage
from models.money.goodwill import Goodwill
from models.money.ledger import AccountKind
from models.money.link_figures import Figures, LinkRow
from models.money.releases import ReleaseCalendar, ReleaseDay
from models.money.settled_days import SettledDay
from models.money.statements import SECTIONS, EntryKind, Section, Statement
from models.money.statements import Entry as StatementEntry
from models.money.timeline import EarnedLine, Happening, Moment, Timeline
from models.money.told import AtShop, InDebt, OrderPaid, Released, TakenBack
from models.money.trend import DayEarned
from models.money.unreleased import Unreleased
from models.money.waiting import Sum
from models.people.merchants import Merchant
from models.people.preferences import NameShown, Quiet, Theme
from models.people.staff import Role
from models.personal.erasure import Stake
from models.plans.document import PlanDocument
from models.plans.parts import Title
from models.plans.reading import read_plan
from models.plans.rules import Rate
from tests.bot.cards.case_gallery import case_gallery
from tests.bot.cards.payout_gallery import payout_cards
from tests.bot.cards.plan_cards import plan_cards
from tests.builders import BASE_PLAN

KEY = 2**63 - 1
AT = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
LATER = datetime(2026, 12, 31, 22, 30, tzinfo=UTC)
ZONE = ZoneInfo("America/New_York")
NASTY = "<b>&\"' \u202eevil\u202c 👩‍👩‍👧‍👦 مرحبا " + "W" * 200
MUCH = 10**15
URL = "https://go.shop.example/r/K7Q2ABCD"
LEVEL = Title(zh="推广员" * 20, en="Promoter" * 7)


def plan(text: str = BASE_PLAN) -> PlanDocument:
    """A plan as it is read."""
    return read_plan(text, "GBP")


_BANDS = ", ".join(f'{{from: "{step}000000.00", percent: "{step}.25"}}' for step in range(1, 20))
LONG_LADDER = f"ladder: {{period: week, bands: [{_BANDS}]}}"
MONTHS = (date(2026, 3, 1), date(2026, 2, 1), date(2025, 12, 1))


def released(shop: AtShop) -> Released:
    """A notice of everything at once."""
    return Released(shop, MUCH, 9, 9, MUCH, AT, LATER, MUCH, 60, AT)


def statement_entry(kind: EntryKind, minor: int) -> StatementEntry:
    """One movement with everything that it can carry."""
    goods = Goods(NASTY, 9)
    every = tuple(CommissionKind)
    return StatementEntry(AT, "release:1:2:3", kind, minor, NASTY, goods, every, "2026-W48", "VRG2-5QCS")


def statement() -> Statement:
    """A month in which everything happened."""
    moved = tuple(statement_entry(kind, MUCH if index % 2 else -MUCH) for index, kind in enumerate(EntryKind))
    return Statement(
        merchant_id="m_1",
        merchant=NASTY,
        distributor=NASTY,
        name=NASTY,
        currency="GBP",
        zone=ZONE,
        first=MONTHS[0],
        until=date(2026, 4, 1),
        runs=True,
        before_joining=False,
        sections=tuple(Section(account, -MUCH, moved, -MUCH) for account in SECTIONS),
        sha256="0f" * 32,
    )


def nothing_moved() -> tuple[Section, ...]:
    """Accounts on which nothing stands."""
    return tuple(Section(account, 0, (), 0) for account in AccountKind if account in SECTIONS)


def releases() -> settlement.SettlementFacts:
    """A full calendar."""
    days = tuple(ReleaseDay(date(2026, 3, 4 + number), 1_000_000, MUCH) for number in range(14))
    some = Sum(1_000_000, MUCH, AT)
    lately = [
        SettledDay(merchant_id=1, day=f"2026-02-{number:02}", commissions=9, amount_minor=MUCH, settled_at=AT)
        for number in range(28, 14, -1)
    ]
    calendar = ReleaseCalendar(days, some, some, some, some, some, lately)
    return settlement.SettlementFacts(NASTY, "GBP", ZONE, calendar, AT)


def no_releases() -> settlement.SettlementFacts:
    """A shop before its first order."""
    days = tuple(ReleaseDay(date(2026, 3, 4 + number), 0, 0) for number in range(14))
    none = Sum(0, 0, None)
    return settlement.SettlementFacts(
        "Lamps", "GBP", ZONE, ReleaseCalendar(days, none, none, none, none, none, []), AT
    )


def sums(*, has_orders: bool = True, **changes: int) -> Earnings:
    """Earnings with every figure at its longest."""
    given = {
        "today_minor": MUCH,
        "yesterday_minor": -MUCH,
        "month_minor": MUCH,
        "estimated_minor": MUCH,
        "review_minor": MUCH,
    }
    return Earnings(
        **{**given, "available_minor": -MUCH, **changes},
        awaiting=Waiting(MUCH, AT),
        held=Waiting(MUCH, AT),
        has_orders=has_orders,
    )


def product(**changes: object) -> Product:
    """A product with everything."""
    given = {
        "id": KEY,
        "merchant_id": 1,
        "sku": "S" * 100,
        "title": NASTY,
        "price_minor": MUCH,
        "stock": 9,
        "list_price_minor": 2 * MUCH,
        "sale_ends_at": LATER,
        "heat": 1284,
        "category": NASTY,
    }
    return Product.model_validate({**given, "updated_at": AT, **changes})


def offer(rate: Rate | None = None, earns_minor: int | None = MUCH) -> goods.Offer:
    """What the product earns."""
    return goods.Offer(product(), rate, earns_minor)


def merchant(name: str = NASTY, currency: str = "GBP") -> Merchant:
    """A shop with the worst of names."""
    return Merchant(
        public_id="m_1",
        name=name,
        currency=currency,
        timezone="America/New_York",
        shop_urls=["https://shop.example"],
        customer_key="",
        webhook_secret="",
        created_at=AT,
    )


def goods_page(*offers: goods.Offer, **changes: object) -> goods.GoodsPage:
    """A page in the middle of all goods."""
    page = goods.GoodsPage("GBP", goods.Aisle.ALL, "all", "", 4000, offers, str(KEY), is_first=False, now=AT)
    return replace(page, **changes)  # type: ignore[arg-type]


def product_facts(offer: goods.Offer, **changes: object) -> goods.ProductFacts:
    """A product with its reader's link."""
    return replace(goods.ProductFacts("GBP", ZONE, offer, URL, "K7Q2ABCD", AT), **changes)  # type: ignore[arg-type]


def poster_wish(**changes: object) -> posters.PosterWish:
    """A poster that somebody waits for."""
    look = posters.Look("f" * 18, Profile.STORY_9X16, "n" * 18, Profile.SQUARE)
    wish = posters.PosterWish(merchant(), product(), NASTY, NameShown.NAMED, URL, "K7Q2ABCD", look)
    return replace(wish, **changes)  # type: ignore[arg-type]


def link_row(state: LinkState = LinkState.PAUSED, figures: Figures | None = None) -> LinkRow:
    """A link with every figure at its longest."""
    link = Link(
        id=KEY,
        merchant_id=1,
        distributor_id=1,
        sku="S",
        channel=Channel.POSTER,
        name=NASTY[:60],
        created_at=AT,
        state=state,
    )
    return LinkRow(link, NASTY, figures or Figures(1284, MUCH, MUCH, 1284, 1284, MUCH))


def buyers_facts(state: CardState = CardState.OPEN, **changes: object) -> buyers.BuyersFacts:
    """A product as buyers see it."""
    facts = buyers.BuyersFacts(
        NASTY, "GBP", ZONE, product(), URL, state, AT, "https://t.me/bot?start=j_K7Q2ABCD"
    )
    return replace(facts, **changes)  # type: ignore[arg-type]


def settings_facts(**changes: object) -> settings.SettingsFacts:
    """One person's choices."""
    facts = settings.SettingsFacts(
        ["news"],
        Quiet(22 * 60, 8 * 60),
        "America/Argentina/ComodRivadavia",
        ZONE,
        NameShown.ANONYMOUS,
        2,
        at_work=True,
    )
    return replace(facts, **changes)  # type: ignore[arg-type]


def bad_template() -> TemplateInvalidError:
    """What is wrong with a template that has little right."""
    try:
        parse_template("mine.json", '{"name": "x", "profile": 7, "nonsense": 1, "size": "big", "views": []}')
    except TemplateInvalidError as error:
        return error
    raise AssertionError


def entry(state: CommissionState = CommissionState.HELD, reason: Reason | None = None) -> Entry:
    """An order on the list."""
    return Entry(
        order=EntryOrder(KEY, NASTY, Goods(NASTY, 41), Channel.COPIED, is_own=True),
        commission_id=KEY,
        kinds=(CommissionKind.LINE,),
        period=None,
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
    return timeline.TimelineFacts(ZONE, Timeline(order(), Channel.POSTER, moments, lines, Goods(NASTY, 41)))


def earned(made: Commission | None, title: str = "Heart", **changes: object) -> EarnedLine:
    """A line that earned this."""
    return EarnedLine(title, line(**changes), made, long_named() if made is not None else None)


def long_named() -> PlanDocument:
    """The base plan with levels of long names."""
    base = plan()
    levels = tuple(level.model_copy(update={"title": LEVEL}) for level in base.levels)
    return base.model_copy(update={"levels": levels})


def claim(state: ClaimState = ClaimState.OPEN, **changes: object) -> Claim:
    """A claim with the longest of everything."""
    given = {
        "id": KEY,
        "merchant_id": 1,
        "distributor_id": 1,
        "order_ref": NASTY[:200],
        "order_key": "x",
        "text": "W" * TEXT_CHARS,
        "has_picture": True,
        "state": state,
        "round": 99,
        "filed_at": AT,
        "note": "拒" * NOTE_CHARS if state is ClaimState.REFUSED else "",
        "granted_minor": MUCH if state is ClaimState.GRANTED else None,
        "decided_at": AT if state is not ClaimState.OPEN else None,
    }
    return Claim.model_validate({**given, **changes})


def evidence(made: Claim, **changes: object) -> claim_desk.Evidence:
    """A claim before the shop's people."""
    heard = (claim_desk.Heard("last_click", "K7Q2ABCD", "too_old", is_claimant=True),) * 40
    facts = claim_desk.Evidence(
        NASTY, "GBP", ZONE, made, NASTY, order(base_minor=MUCH), NASTY, heard, MUCH, AT
    )
    return replace(facts, **changes)  # type: ignore[arg-type]


def order_answer(standing: Standing, **changes: object) -> AnswerFacts:
    """What is said of an order that is not the reader's."""
    mine = tuple(OwnCandidate(rule, verdict) for rule in ("coupon", "last_click") for verdict in Verdict)
    answer = OrderAnswer(
        NASTY[:200],
        standing,
        order_ref="#" + NASTY[:100],
        decided_by="last_click",
        mine=mine,
        before_joining=True,
    )
    return AnswerFacts(NASTY, KEY, replace(answer, **changes), shops=9)  # type: ignore[arg-type]


def stake(**changes: object) -> Stake:
    """What somebody has at a shop."""
    facts = Stake(KEY, NASTY, "GBP", KEY, MUCH, MUCH, Unreleased(MUCH, MUCH, MUCH), 0, 1284, 1284, 1284, 1284)
    return replace(facts, **changes)  # type: ignore[arg-type]


def newer_cards(voice: Voice) -> dict[str, Card]:
    """Questions about orders, claims, bonuses, one's own data."""
    at_shop = AtShop(KEY, NASTY, "GBP", ZONE)
    shop = claims.ClaimShop(NASTY, "GBP", ZONE)
    kinds = tuple(CommissionKind)
    cut = commission(
        kind=CommissionKind.TEAM,
        depth=2,
        boost={"rule": NASTY[:90], "kind": "fixed", "rate": "0.30", "mode": "add"},
        cuts=[{"cap": cap, "amount_minor": MUCH} for cap in ("order_percent", "margin", "day", "budget")],
        reversed_minor=1,
        state=CommissionState.REVIEW,
        reason=Reason.CASE,
    )
    bonus = commission(
        line_id=None, order_id=None, kind=CommissionKind.LADDER, period="2026-W48", base_minor=MUCH
    )
    moments = tuple(Moment(what, AT, -MUCH) for what in Happening) * 7
    told = replace(
        story(*(earned(cut, NASTY) for _ in range(60))).story, bonuses=(bonus,) * 5, depth=2, moments=moments
    )
    laddered = plan(BASE_PLAN + LONG_LADDER)
    told = replace(told, plans={bonus.plan_version: laddered})
    mixed = replace(entry(), kinds=kinds)
    lone = replace(mixed, order=None, kinds=(CommissionKind.TEAM_TARGET,), period="2026-Q4")
    theirs = replace(mixed, order=EntryOrder(KEY, NASTY, Goods(NASTY, 41), None, is_own=False))
    page = EntryPage((mixed, lone, theirs, Goodwill(KEY, NASTY, MUCH, AT)), None)
    paid = OrderPaid(at_shop, KEY, NASTY, Goods(NASTY, 9), None, MUCH, CommissionState.HELD, AT, AT)
    return {
        "entries of every kind": earning.entries_card(
            earning.EntriesFacts("GBP", ZONE, page, None, is_first=True), voice
        ),
        "team's time line": timeline.timeline_card(timeline.TimelineFacts(ZONE, told), voice),
        "why, cut and boosted": timeline.why_card(timeline.TimelineFacts(ZONE, told), 0, voice),
        "why, the bonuses": timeline.why_card(timeline.TimelineFacts(ZONE, told), 99, voice),
        "bonus": timeline.bonus_card(bonus, moments, timeline.BonusShop("GBP", ZONE, laddered), voice),
        "team reward": notice_card(replace(paid, depth=2, by_kind=dict.fromkeys(kinds, MUCH)), voice),
        "bonus earned": notice_card(BonusEarned(at_shop, bonus, laddered), voice),
        "claim filed, own order": notice_card(
            ClaimFiled(at_shop, KEY, NASTY, NASTY, has_picture=True, at=AT, is_own=True), voice
        ),
        "claim filed": notice_card(ClaimFiled(at_shop, KEY, NASTY, NASTY, has_picture=True, at=AT), voice),
        "claim granted": notice_card(ClaimDecided(at_shop, KEY, NASTY, MUCH, "", AT), voice),
        "claim refused": notice_card(ClaimDecided(at_shop, KEY, NASTY, None, "拒" * NOTE_CHARS, AT), voice),
        "asks a number": asking.ask_number_card(NASTY, voice, asking.bad_number(200, voice), claims=True),
        "too many questions": asking.too_many_questions_card(AT, ZONE, voice),
        **{
            f"order is {standing}": asking.answer_card(order_answer(standing), voice)
            for standing in Standing
            if standing is not Standing.MINE
        },
        "order was cancelled": asking.answer_card(
            order_answer(Standing.ANOTHERS, is_cancelled=True, mine=(), decided_by="binding"), voice
        ),
        "asks a claim": claims.ask_claim_card(NASTY, voice, claims.too_long(MUCH, voice)),
        "asks a claim of one's own": claims.ask_claim_card(NASTY, voice, is_own=True),
        "asks a picture": claims.ask_picture_card(claim(), voice, claims.no_picture(voice)),
        "no more claims": claims.no_more_claims_card(voice, about_order=True),
        "too many claims": claims.no_more_claims_card(voice, about_order=False),
        **{
            f"my claim, {state}": claims.claim_card(claim(state), shop, voice, is_new=True)
            for state in ClaimState
        },
        "my claims": claims.my_claims_card([claim(state) for state in ClaimState] * 3, shop, voice),
        "no claims": claims.my_claims_card([], shop, voice),
        "claims inbox": claim_desk.claims_inbox_card(NASTY, [(claim(), NASTY)] * 8, 4000, voice),
        "empty claims inbox": claim_desk.claims_inbox_card(NASTY, [], 0, voice),
        **{
            f"claim, {state}": claim_desk.evidence_card(evidence(claim(state)), voice) for state in ClaimState
        },
        "claim, proposed": claim_desk.evidence_card(
            evidence(claim(proposed_minor=MUCH), order=None, heard=()), voice
        ),
        "claim, own order": claim_desk.evidence_card(
            evidence(claim(), order=order(base_minor=MUCH, distributor_id=claim().distributor_id)), voice
        ),
        "claim's amount": claim_desk.ask_amount_card(claim(), "GBP", voice, claim_desk.no_amount(voice)),
        "claim's reason": claim_desk.ask_reason_card(claim(), voice, claim_desk.no_reason(voice)),
        "claim's picture": claim_desk.proof_card(claim(), voice, Picture(file_id="p")),
        "claim's lost picture": claim_desk.proof_card(claim(), voice, None),
        "my data": own_data.own_data_card(voice),
        "my data's file": own_data.own_data_file_card(b"{}", voice),
        "too much data": own_data.too_much_data_card(voice),
        "delete, with money": own_data.delete_card([stake()] * 40, voice),
        "delete, nothing": own_data.delete_card([], voice),
        "still paying": own_data.still_paying_card(NASTY, voice),
        "last owner": own_data.last_owner_card(NASTY, voice),
        "deleted": own_data.deleted_card(voice),
    }


def gallery(voice: Voice) -> dict[str, Card]:
    """Each card by a name, at its most extreme."""
    at_shop = AtShop(KEY, NASTY, "GBP", ZONE)
    invitation = joining.Invitation(
        "j_K7Q2ABCD", NASTY, "GBP", NASTY, plan(), is_demo=True, shown=Shown(AT, ZONE), coming=LATER
    )
    full_page = goods_page(*(offer(),) * 6)
    long_caption = dict.fromkeys(Tone, "W" * CAPTION_CHARS)
    days = tuple(DayEarned(date(2026, 2, number), (-1) ** number * MUCH) for number in range(1, 29))
    desk = product_desk.DeskFacts("GBP", ZONE, product(url="https://shop.example/" + "w" * 900))
    entries = EntryPage(tuple(entry(state) for state in CommissionState), f"1767225600000000-{KEY}")
    long_story = story(
        *(earned(commission(amount_minor=MUCH), NASTY) for _ in range(60)),
        moments=tuple(Moment(Happening.REFUND, AT, -MUCH) for _ in range(60)),
    )
    wish = poster_wish()
    return {
        "invitation": joining.invitation_card(invitation, voice),
        "shops": joining.shops_card([joining.ShopChoice("m_k7q2abcdef", NASTY)] * 30, voice, at_work=True),
        "no shops": joining.shops_card([], voice),
        "useless link": joining.useless_link_card(voice),
        "closed shop": joining.closed_shop_card(NASTY, voice),
        "staff already": joining.staff_already_card(
            NASTY, Role.FINANCE, "m_k7q2abcdef", voice, is_open=False
        ),
        "staff already, open": joining.staff_already_card(
            NASTY, Role.VIEWER, "m_k7q2abcdef", voice, is_open=True
        ),
        "staff": joining.staff_welcome_card(NASTY, Role.OWNER, "m_k7q2abcdef", voice),
        "staff link used": joining.staff_link_used_card(voice),
        "home": home.home_card(
            home.HomeFacts(
                NASTY,
                "GBP",
                ZONE,
                LEVEL,
                sums(),
                home.NextStep.EARN_BACK,
                AT,
                shops=2,
                is_demo=True,
                back_to="lamp",
            ),
            voice,
        ),
        "home of the suspended": home.home_card(
            home.HomeFacts(
                NASTY,
                "GBP",
                ZONE,
                LEVEL,
                sums(),
                home.NextStep.SUSPENDED,
                AT,
                shops=2,
                is_demo=True,
                case_id=KEY,
            ),
            voice,
        ),
        "share": home.share_card(home.ShareFacts(NASTY, URL, "K7Q2ABCD", URL), voice),
        "my shops": home.my_shops_card([home.MyShop(KEY, NASTY, is_current=True)] * 20, voice),
        "goods": goods.goods_card(full_page, voice),
        "no goods": goods.goods_card(goods_page(total=0, next_after=None, is_first=True), voice),
        "nothing found": goods.goods_card(goods_page(total=0, aisle=goods.Aisle.FOUND, about=NASTY), voice),
        "hot": goods.goods_card(replace(full_page, aisle=goods.Aisle.HOT, place="hot"), voice),
        "found": goods.goods_card(
            replace(full_page, aisle=goods.Aisle.FOUND, place=f"found:{KEY}", about=NASTY), voice
        ),
        "nothing sold": goods.goods_card(goods_page(total=0, aisle=goods.Aisle.HOT, place="hot"), voice),
        "categories": goods.categories_card([Category(NASTY, KEY, 9)] * 30, voice),
        "no categories": goods.categories_card([], voice),
        "search": goods.ask_words_card(voice),
        "goods of who is suspended": goods.goods_card(
            replace(full_page, offers=tuple(replace(each, is_suspended=True) for each in full_page.offers)),
            voice,
        ),
        "product of who is suspended": goods.product_card(
            product_facts(replace(offer(), is_suspended=True)), voice
        ),
        "product": goods.product_card(
            product_facts(offer(), app_url="https://go.shop.example/app/share?product=1"), voice
        ),
        "pictured product": replace(
            goods.product_card(product_facts(offer()), voice), picture=Picture(file_id="p")
        ),
        "captions": captions.captions_card(
            captions.CaptionFacts("GBP", product(), URL, "K7Q2ABCD", long_caption), voice
        ),
        "our captions": captions.captions_card(
            captions.CaptionFacts("GBP", product(title="Lamp"), URL, "K7Q2ABCD", {}), voice
        ),
        **{f"buyer's, {state}": buyers.buyers_card(buyers_facts(state), voice) for state in CardState},
        "buyer's, the shop": buyers.shop_card(buyers.ShopFacts(NASTY, URL), voice),
        "links": links.links_card(links.LinksFacts("GBP", (link_row(),) * 6, KEY, is_first=False), voice),
        "links of a product": links.links_card(
            links.LinksFacts("GBP", (link_row(),) * 12, None, is_first=True, product_id=KEY), voice
        ),
        "no links": links.links_card(links.LinksFacts("GBP", (), None, is_first=True), voice),
        "link": links.link_card(links.LinkFacts("GBP", ZONE, link_row(), URL, KEY, AT), voice),
        "link's name": links.ask_name_card(link_row(), voice),
        "link's name again": links.ask_name_card(link_row(), voice, refused=True),
        "channels": links.channels_card(dict.fromkeys(Channel, link_row().figures), "GBP", voice),
        "no channels": links.channels_card({}, "GBP", voice),
        "trend": replace(
            trend.trend_card(trend.TrendWish(NASTY, "GBP", days, Theme.DARK), voice),
            picture=Picture(file_id="p"),
        ),
        "no trend": trend.no_trend_card(voice),
        "export": export.export_card(orders=True, voice=voice),
        "no export": export.export_card(orders=False, voice=voice),
        "file": export.file_card(NASTY, 50_000, b"x", SheetForm.XLSX, voice),
        "too long a file": export.too_many_card(voice),
        "workplaces": managing.workplaces_card(
            [managing.Workplace("m_k7q2abcdef", NASTY, is_current=True)] * 9, voice
        ),
        "desk's goods": managing.desk_goods_card(
            managing.DeskPage(
                "GBP", (product(state=ProductState.HIDDEN),) * 6, 4000, str(KEY), is_first=False
            ),
            voice,
        ),
        "desk without goods": managing.desk_goods_card(
            managing.DeskPage("GBP", (), 0, None, is_first=True), voice
        ),
        "desk found nothing": managing.desk_goods_card(
            managing.DeskPage("GBP", (), 0, None, is_first=True, words=NASTY), voice
        ),
        "sku": managing.ask_sku_card(voice),
        "bad sku": managing.bad_sku_card(100, voice),
        "desk's search": managing.ask_product_words_card(voice),
        "templates": managing.templates_card(
            [PosterTemplate(id=KEY, merchant_id=1, family="f" * 18, profile="9:16", source="", made_at=AT)]
            * 9,
            voice,
        ),
        "template kept": managing.template_kept_card("f" * 18, "9:16", voice),
        "template refused": managing.template_refused_card(bad_template(), voice),
        "no file": managing.no_file_card(1, voice),
        "unasked upload": managing.unasked_upload_card(voice),
        "desk": product_desk.desk_card(desk, voice),
        **{
            f"desk asks {field}": product_desk.ask_field_card(product(), field, voice, "No, W" + "W" * 200)
            for field in product_desk.Field
        },
        "desk's captions": product_desk.desk_captions_card(
            product(), {(tone, language): NASTY for tone in Tone for language in Language}, voice
        ),
        "desk asks a caption": product_desk.ask_caption_card(product(), Tone.WARM, Language.ZH, voice, "No."),
        "poster": replace(posters.poster_card(wish, voice), picture=Picture(file_id="p")),
        "poster file": posters.poster_file_card(wish, voice),
        "no poster": posters.no_poster_card(wish, voice),
        "earnings": earning.earnings_card(earning.EarningsFacts(NASTY, "GBP", ZONE, sums(), AT), voice),
        "no earnings": earning.earnings_card(
            earning.EarningsFacts(NASTY, "GBP", ZONE, sums(has_orders=False, available_minor=0), AT), voice
        ),
        "entries": earning.entries_card(
            earning.EntriesFacts("GBP", ZONE, entries, CommissionState.ESTIMATED, is_first=False), voice
        ),
        "no entries": earning.entries_card(
            earning.EntriesFacts("GBP", ZONE, EntryPage((), None), None, is_first=True), voice
        ),
        "time line": timeline.timeline_card(long_story, voice),
        "why": timeline.why_card(long_story, 1, voice),
        "settings": settings.settings_card(settings_facts(), voice),
        "topics": settings.topics_card(settings_facts(), voice),
        "quiet hours": settings.quiet_card(settings_facts(quiet=None), voice),
        "zone": settings.zone_card(settings_facts(zone=None), voice),
        "no zone": settings.no_zone_card(NASTY, voice),
        "help": answers.help_card(voice),
        "not understood": answers.not_understood_card(voice),
        "gone": answers.gone_card(voice),
        "busy": answers.busy_card(voice),
        "refused": answers.refused_card(voice),
        **newer_cards(voice),
        "order paid": notice_card(
            OrderPaid(at_shop, KEY, NASTY, Goods(NASTY, 9), None, MUCH, CommissionState.AWAITING, AT, AT),
            voice,
        ),
        "released": notice_card(released(at_shop), voice),
        "statement": statements.statement_card(statement(), MONTHS, KEY, voice),
        "statement before joining": statements.statement_card(
            replace(statement(), sections=nothing_moved(), before_joining=True), MONTHS, KEY, voice
        ),
        "statement months": statements.months_card(MONTHS * 4, KEY, voice),
        "statement file": statements.statement_file_card(
            statement(), b"%PDF", statements.StatementForm.PDF, voice
        ),
        "statement too long": statements.too_long_card(KEY, statement(), voice),
        "releases": settlement.settlement_card(releases(), voice),
        "no releases": settlement.settlement_card(no_releases(), voice),
        "taken back": notice_card(
            TakenBack(at_shop, KEY, NASTY, Goods(NASTY, 9), MUCH, MUCH, cancelled=True, at=AT), voice
        ),
        "debt": notice_card(InDebt(at_shop, MUCH, AT), voice),
        "debt after review": notice_card(InDebt(at_shop, MUCH, AT, after_review=True), voice),
        **plan_cards(voice),
        **payout_cards(voice),
        **case_gallery(voice),
    }
