"""Every tap, question and command of the shop's people, tried by every role, by nobody, and by another shop's owner.

`handlers/chat/duties.py` is the table; a tap that stands neither there nor among everybody's fails here.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pytest
from sqlalchemy import func, select

from bot.sandbox.chat.phone import Phone
from bot.sandbox.chat.taps import Answer
from handlers.chat.duties import ASKED, COMMANDED, DUTIES, open_to
from handlers.chat.screens import ANSWERS, COMMANDS, TAPS, WHOLE_NOUNS
from models.catalog.products import Product
from models.catalog.templates import PosterTemplate
from models.money.cases.cases import CaseKind, CaseRow, CaseState
from models.money.claims import file_claim
from models.money.payout_batches import PayoutBatch
from models.people.distributors import Distributor
from models.people.permissions import MAY
from models.people.persons import Person
from models.people.roster import members
from models.people.staff import Role, invite_staff, open_invitations
from models.store.sql import table_of
from models.tables import schema
from tests.builders import open_shop
from tests.journeys.test_old_buttons import tapped
from tests.journeys.test_staff_desk import GONE, hired, not_for
from tests.journeys.world import World, say, settled
from tests.models.payouts import Till, open_till

EVERYBODYS = {
    *(
        f"{noun}:open"
        for noun in ("home", "share", "goods", "link", "earn", "withdraw", "account", "level", "team")
    ),
    *(f"{noun}:open" for noun in ("export", "ask", "data", "settings", "help")),
    *("shop:list", "shop:enter", "join:see", "join:yes", "join:en", "join:zh_CN"),
    *(
        f"goods:{verb}"
        for verb in ("after", "all", "hot", "new", "like", "kinds", "ask", "found", "show", "poster")
    ),
    *("poster:make", "poster:name", "caption:show"),
    *(f"link:{verb}" for verb in ("after", "of", "channels", "show", "new", "rename", "pause", "resume")),
    *("earn:of", "trend:show", "export:make", "order:show", "bonus:show"),
    *(f"withdraw:{verb}" for verb in ("of", "ask", "see", "yes", "show", "list")),
    *(f"statement:{verb}" for verb in ("open", "of", "month", "pick", "file")),
    *(
        "account:ask",
        "level:of",
        "team:after",
        "team:remind",
        "plan:rules",
        "terms:show",
        "terms:open",
        "terms:all",
        "terms:read",
    ),
    *(f"claim:{verb}" for verb in ("new", "about", "mine", "show", "drop", "picture")),
    *("data:export", "data:delete", "data:erase", "case:mine", "case:appeal"),
    *(f"settings:{verb}" for verb in ("language", "topics", "mute", "quiet", "hush", "zone", "live", "name")),
    *(f"statement:{verb}" for verb in ("open", "of", "month", "pick", "file")),
    *("topic:mute", "entries", "why"),
}
"""Taps of distributors, and of whoever comes in."""
EVERYBODYS_ANSWERS = {
    *("ask:number", "claim:write", "claim:picture", "goods:find", "link:name", "withdraw:amount"),
    *("account:set", "settings:zone", "case:appeal"),
}
LAST = ("staff:remove", "manage:drop", "product:sale", "payout:refused", "payout:failed")
"""Taps that take away what others are tried on."""
QUIET = {"manage:drop", "staff:revoke", *(tap for tap in DUTIES if tap.startswith("plan:"))}
"""Taps that say nothing is there any more where others say that it is not yours."""


def test_every_tap_question_and_command_is_somebodys() -> None:
    assert set(DUTIES) & EVERYBODYS == set()
    assert set(TAPS) | set(WHOLE_NOUNS) == set(DUTIES) | EVERYBODYS
    assert set(ASKED) & EVERYBODYS_ANSWERS == set()
    assert set(ANSWERS) == set(ASKED) | EVERYBODYS_ANSWERS
    assert set(COMMANDED) == {"manage"} <= set(COMMANDS)


@dataclass(frozen=True)
class Things:
    """What buttons of the shop's people may name."""

    till: Till
    subjects: dict[str, str]

    def data(self, tap: str) -> str:
        """What the tap carries."""
        subject = self.subjects.get(tap, "")
        return f"{tap}:{subject}" if subject else tap


@pytest.fixture
async def things(world: World) -> Things:
    """One of each: a product, a template, staff, an invitation, a distributor, a withdrawal, a claim, a case."""
    till = await open_till(world.context.store, world.now)
    shop = till.shop
    product = await shop.product("SECRET")
    withdrawal = await till.ask(2500)
    await hired(world, shop, Role.VIEWER, phone=world.phone("Secret Vera"))
    async with till.store.write() as session:
        template = PosterTemplate(
            merchant_id=shop.merchant.id, family="secret", profile="3:4", source="{}", made_at=world.now
        )
        batch = PayoutBatch(
            merchant_id=shop.merchant.id,
            number=1,
            withdrawals=0,
            total_minor=0,
            currency="GBP",
            made_by="command",
            made_at=world.now,
        )
        case = CaseRow(
            merchant_id=shop.merchant.id,
            distributor_id=till.mei.id,
            kind=next(iter(CaseKind)),
            state=next(iter(CaseState)),
            opened_at=world.now,
            seen_at=world.now,
        )
        session.add_all([template, batch, case])
        claim = await file_claim(
            session, shop.merchant, till.mei, number="777000", words="Mine!", picture=None, now=world.now
        )
        [vera] = await members(session, shop.merchant.id)
        await invite_staff(session, merchant_id=shop.merchant.id, role=Role.VIEWER, now=world.now)
        [invitation] = await open_invitations(session, shop.merchant.id, world.now)
    keys = (vera.staff_id, invitation.id, template.id, withdrawal.id, claim.id, case.id)
    return Things(till, _subjects(till, product, *keys))


def _subjects(
    till: Till,
    product: Product,
    staff: int,
    invitation: int,
    template: int,
    withdrawal: int,
    claim: int,
    case: int,
) -> dict[str, str]:
    mei, shop = till.mei.id, till.shop.merchant
    return {
        "manage:enter": shop.public_id,
        "manage:drop": f"{template}",
        "staff:of": f"{shop.id}",
        "staff:show": f"{staff}",
        "staff:role": f"{staff}:finance",
        "staff:give": f"{staff}:finance",
        "staff:drop": f"{staff}",
        "staff:remove": f"{staff}",
        "staff:revoke": f"{invitation}",
        "staff:link": Role.VIEWER.value,
        "distributor:level": f"{mei}:1:0:1",
        "distributor:give": f"{mei}:1:0:1",
        "distributor:profile": f"{mei}:1:none",
        "distributor:agree": f"{mei}:1:none",
        "distributor:sponsor": f"{mei}:0",
        "distributor:attach": f"{mei}:0",
        **{tap: f"{mei}" for tap in DUTIES if tap in {"distributor:show", "distributor:levels"}},
        **dict.fromkeys(("distributor:profiles", "distributor:above"), f"{mei}"),
        **{tap: f"{product.id}" for tap in DUTIES if tap.startswith("product:")},
        "product:ask": f"{product.id}:title",
        "product:write": f"{product.id}:lively:en",
        "plan:show": "1",
        "plan:readers": "1",
        **{f"plan:{verb}": "17" for verb in ("draft", "look", "confirm", "publish")},
        "plan:accept": "17:nothing",
        "plan:preset": "simple",
        "plan:span": "v:1",
        "plan:play": "v:1:month",
        **{tap: f"{withdrawal}" for tap in DUTIES if tap.startswith("payout:")},
        "payout:batch": "",
        "payout:make": "",
        "payout:file": "1",
        **{tap: f"{claim}:0" for tap in DUTIES if tap.startswith("claim:")},
        "claim:inbox": "",
        "claim:open": f"{claim}",
        "claim:proof": f"{claim}",
        "claim:grant": f"{claim}:0:100",
        "case:of": f"{shop.id}",
        "case:show": f"{case}",
        "case:do": f"{case}:0:clear",
        "case:undo": f"{case}:0",
    }


def in_order() -> list[str]:
    """Every tap of the shop's people, those that take things away last."""
    return sorted(DUTIES, key=lambda tap: (tap in LAST, tap))


async def told(world: World, phone: Phone, data: str) -> Answer:
    answer = await tapped(world, phone, phone.last.id, data)
    assert "Something went wrong" not in answer.text, data
    return answer


@pytest.mark.parametrize("role", list(Role))
async def test_a_role_may_do_what_the_table_says_and_nothing_else(
    world: World, things: Things, role: Role
) -> None:
    phone = await hired(world, things.till.shop, role, phone=world.phone("Pat"))
    refused: set[str] = set()
    allowed: set[str] = set()
    for tap in in_order():
        text = (await told(world, phone, things.data(tap))).text
        assert text != GONE, tap
        (refused if text == not_for(DUTIES[tap]) else allowed).add(tap)

    assert allowed == open_to(role)
    assert refused == set(DUTIES) - open_to(role)
    assert await answers(world, phone, things) == {asked for asked, act in ASKED.items() if role in MAY[act]}


async def test_whoever_works_nowhere_finds_nothing(world: World, things: Things) -> None:
    phone = world.phone("Nobody")
    await say(world, phone, "/help")
    for tap in in_order():
        answer = await told(world, phone, things.data(tap))
        assert (answer.text, answer.alert) == (GONE, True), tap
    assert await answers(world, phone, things) == set()
    for command in COMMANDED:
        assert GONE in (await say(world, phone, f"/{command}")).body.text


async def rows_of(things: Things) -> Counter[str]:
    """How many rows each table has of the shop."""
    found: Counter[str] = Counter()
    async with things.till.store.read() as session:
        for table in schema().tables.values():
            if "merchant_id" in table.c:
                counted = select(func.count()).where(table.c.merchant_id == things.till.shop.merchant.id)
                found[table.name] = int((await session.execute(counted)).scalar_one())
    return found


async def test_another_shops_owner_finds_and_changes_nothing_of_ours(world: World, things: Things) -> None:
    other = await open_shop(things.till.store, world.now)
    phone = await hired(world, other, Role.OWNER, phone=world.phone("Stranger"))
    before = await rows_of(things)

    for tap, subject in things.subjects.items():
        if not subject or tap in {
            "plan:show",
            "plan:readers",
            "plan:span",
            "plan:play",
            "payout:file",
            "staff:link",
        }:
            continue  # words, and numbers that each shop counts by itself
        answer = await told(world, phone, f"{tap}:{subject}")
        if tap not in QUIET:
            assert (answer.text, answer.alert) == (GONE, True), tap
    for tap in in_order():
        await told(world, phone, tap)
    seen = "".join(message.body.text for message in phone.messages if message.from_bot)

    assert await rows_of(things) == before
    assert not any(secret in seen for secret in ("SECRET", "secret", "Secret Vera", "777000"))
    async with things.till.store.read() as session:
        mei = await session.get(Distributor, things.till.mei.id)
        assert mei is not None
        assert mei.sponsor_id is None


async def answers(world: World, phone: Phone, things: Things) -> set[str]:
    """The questions whose answers are taken: asked while somebody had another role, answered in that of now."""
    subjects = {
        "distributor:above": things.subjects["distributor:above"],
        "product:set": things.subjects["product:ask"],
        "product:picture": things.subjects["product:show"],
        "product:caption": things.subjects["product:write"],
        "payout:no": things.subjects["payout:show"],
        "payout:reference": things.subjects["payout:show"],
        "payout:lost": things.subjects["payout:show"],
        "claim:sum": things.subjects["claim:amount"],
        "claim:why": things.subjects["claim:reason"],
    }
    taken = set()
    for question in ASKED:
        await ask(world, phone, f"{question}:{subjects.get(question, '')}".rstrip(":"))
        answered = (await say(world, phone, "words")).body.text
        if not any(refusal in answered for refusal in (GONE, not_for(ASKED[question]))):
            taken.add(question)
    return taken


async def ask(world: World, phone: Phone, question: str) -> None:
    """Leave a question open, as if it had been asked before the person's role changed."""
    await settled(world, phone)
    async with world.context.store.write() as session:
        table = table_of(Person)
        await session.execute(
            table.update().where(table.c.chat_id == phone.id).values(asked=question, asked_at=world.now)
        )
