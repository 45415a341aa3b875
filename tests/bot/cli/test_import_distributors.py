"""A distributors file into the merchant's people, on both stores."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.imports.distributor_intake import import_distributors
from models.people.distributors import Distributor
from models.people.levels import LevelBook
from models.people.persons import Person, choose_language
from models.people.privacy import chat_hash, email_hash, phone_hash
from models.people.profiles import ProfileBook
from models.personal.erasure import erase
from models.store.audit import Actor
from models.store.engine import Store
from tests.bot.cli.desk import DISTRIBUTORS, Named, table
from tests.builders import BASE_PLAN, Shop, open_shop


@pytest.fixture
async def shop(store: Store, now: datetime) -> Shop:
    shop = await open_shop(store, now)
    await shop.plan()
    return shop


async def bring(shop: Shop, folder: Path, *rows: str) -> Named:
    named = Named()
    path = table(folder, DISTRIBUTORS, rows)
    await import_distributors(shop.store, shop.merchant, path, shop.now, named.intake)
    return named


async def people(shop: Shop) -> dict[str, Distributor]:
    async with shop.store.read() as session:
        rows = await session.execute(
            select(Distributor).where(col(Distributor.merchant_id) == shop.merchant.id)
        )
        return {row.external_id: row for row in rows.scalars()}


async def sponsors(shop: Shop) -> dict[str, str | None]:
    known = await people(shop)
    names = {row.id: external_id for external_id, row in known.items()}
    return {
        external_id: names[row.sponsor_id] if row.sponsor_id else None for external_id, row in known.items()
    }


async def level(shop: Shop, distributor: Distributor) -> str | None:
    async with shop.store.read() as session:
        book = await LevelBook.open(session, [distributor.id])
    return book.level_before(distributor.id, datetime(2011, 1, 1, tzinfo=shop.now.tzinfo))


async def test_a_distributor_comes_in_with_level_person_and_hashes_only(shop: Shop, tmp_path: Path) -> None:
    named = await bring(
        shop, tmp_path, 'd1,<b>&" 美,4711,,leader,Mei@Example.com,+44 20 7946 0123'.replace('"', "")
    )

    mei = (await people(shop))["d1"]
    key = shop.merchant.customer_key
    async with shop.store.read() as session:
        person = (await session.execute(select(Person).where(col(Person.chat_id) == 4711))).scalar_one()
    assert (named.intake.added, named.sentences) == (1, [])
    assert (mei.name, mei.person_id, person.name) == ("<b>& 美", person.id, "<b>& 美")
    assert mei.email_hash == email_hash(key, "mei@example.com")
    assert mei.phone_hash == phone_hash(key, "020 7946 0123")
    assert mei.chat_hash == chat_hash(key, 4711)
    assert await level(shop, mei) == "leader"


async def test_a_profile_comes_in_is_changed_and_must_stand_in_the_plan(shop: Shop, tmp_path: Path) -> None:
    header = "external_id,name,telegram_id,sponsor,level,profile"

    async def bring_profiles(*rows: str) -> list[str]:
        named = Named()
        path = table(tmp_path, header, rows)
        await import_distributors(shop.store, shop.merchant, path, shop.now, named.intake)
        return named.sentences

    unknown = await bring_profiles("a,A,,,,kol", "b,B,,,,")
    await shop.plan(
        BASE_PLAN + "profiles: [{key: kol, title: {zh: 达人, en: KOL}}, {key: fan, title: {zh: 粉, en: F}}]\n"
    )
    sentences = await bring_profiles("a,A,,,,kol", "b,B,,,,fan", "c,C,,,,vip", "d,D,,,,")
    again = await bring_profiles("a,A,,,,", "b,B,,,,kol")

    assert unknown == ["line 2: The plan has no profile 'kol'; it has no profiles."]
    assert sentences == ["line 4: The plan has no profile 'vip'; its profiles are kol, fan."]
    assert again == []
    known = await people(shop)
    async with shop.store.read() as session:
        book = await ProfileBook.open(session, [each.id for each in known.values()])
    agreed = {
        name: book.profile_before(each.id, datetime(2011, 1, 1, tzinfo=UTC)) for name, each in known.items()
    }
    assert agreed == {"a": "kol", "b": "kol", "d": None}


async def test_a_sponsor_may_stand_later_in_the_file_or_be_there_already(shop: Shop, tmp_path: Path) -> None:
    await shop.distributor("old")

    named = await bring(shop, tmp_path, "a,A,,b,,,", "b,B,,c,,,", "c,C,,old,,,")

    assert named.sentences == []
    assert await sponsors(shop) == {"old": None, "a": "b", "b": "c", "c": "old"}


async def test_importing_again_changes_nothing_but_what_the_file_says_anew(
    shop: Shop, tmp_path: Path
) -> None:
    first = ("a,A,11,b,leader,a@x.example,123456789", "b,B,,,,,")
    await bring(shop, tmp_path, *first)
    before = await people(shop)
    await bring(shop, tmp_path, *first)
    same = await people(shop)

    again = await bring(shop, tmp_path, "a,Anna,,,partner,,", "b,B,12,c,,,", "c,C,,,,,")

    after = await people(shop)
    assert {name: row.model_dump() for name, row in before.items()} == {
        name: row.model_dump() for name, row in same.items()
    }
    assert (again.intake.added, again.intake.changed) == (1, 2)
    assert (after["a"].id, after["a"].name, await level(shop, after["a"])) == (
        before["a"].id,
        "Anna",
        "partner",
    )
    assert after["a"].email_hash == before["a"].email_hash
    assert after["a"].person_id == before["a"].person_id
    assert after["a"].invite_code == before["a"].invite_code
    assert await sponsors(shop) == {"a": "b", "b": "c", "c": None}


async def test_whoever_left_stays_nameless_though_the_file_still_names_them(
    shop: Shop, tmp_path: Path
) -> None:
    await bring(shop, tmp_path, "tom,Tom,11,,,tom@x.example,123456789", "b,B,,tom,,,")
    tom = (await people(shop))["tom"]
    assert tom.person_id is not None
    async with shop.store.write() as session:
        await erase(session, tom.person_id, actor=Actor.person(tom.person_id), gives_up=True, now=shop.now)
    left = (await people(shop))["tom"]

    named = await bring(shop, tmp_path, "tom,Tom,11,,leader,tom@x.example,123456789", "b,Bea,,,,,")

    assert named.sentences == [
        "line 2: 'tom' has left and had their data deleted; whoever comes back takes an id of their own."
    ]
    after = await people(shop)
    assert after["tom"].model_dump() == left.model_dump()
    assert (after["tom"].name, after["tom"].email_hash, after["tom"].person_id) == ("", None, None)
    assert after["b"].name == "Bea"


async def test_loops_and_unknown_sponsors_name_their_rows_and_all_that_hang_below(
    shop: Shop, tmp_path: Path
) -> None:
    named = await bring(
        shop,
        tmp_path,
        "a,A,,b,,,",
        "b,B,,c,,,",
        "c,C,,a,,,",
        "below,Below,,a,,,",
        "self,Self,,self,,,",
        "lost,Lost,,nobody,,,",
        "under,Under,,lost,,,",
        "fine,Fine,,,,,",
    )

    assert set(await people(shop)) == {"fine"}
    assert named.sentences == [
        "line 2: The sponsors of 'a' lead back to 'a'; break the loop.",
        "line 3: The sponsors of 'b' lead back to 'b'; break the loop.",
        "line 4: The sponsors of 'c' lead back to 'c'; break the loop.",
        "line 5: The row of its sponsor 'a', or one above it, is left out.",
        "line 6: The sponsors of 'self' lead back to 'self'; break the loop.",
        "line 7: There is no sponsor 'nobody', neither in this file nor among the distributors.",
        "line 8: The row of its sponsor 'lost', or one above it, is left out.",
    ]


async def test_a_loop_that_closes_only_through_the_store_is_seen(shop: Shop, tmp_path: Path) -> None:
    await bring(shop, tmp_path, "top,Top,,,,,", "middle,Middle,,top,,,", "low,Low,,middle,,,")

    named = await bring(shop, tmp_path, "top,Top,,low,,,")

    assert named.sentences == ["line 2: The sponsors of 'top' lead back to 'top'; break the loop."]
    assert await sponsors(shop) == {"top": None, "middle": "top", "low": "middle"}


async def test_a_level_must_stand_in_the_plan_in_force(shop: Shop, store: Store, tmp_path: Path) -> None:
    named = await bring(shop, tmp_path, "a,A,,,boss,,", "b,B,,,partner,,")
    unplanned = await open_shop(store, shop.now)
    free = await bring(unplanned, tmp_path, "a,A,,,boss,,")

    assert named.sentences == [
        "line 2: The plan has no level 'boss'; its levels are promoter, leader, partner."
    ]
    assert set(await people(shop)) == {"b"}
    assert await level(unplanned, (await people(unplanned))["a"]) == "boss"
    assert free.sentences == []


async def test_a_person_keeps_their_own_name_and_one_chat_is_one_distributor(
    shop: Shop, tmp_path: Path
) -> None:
    mei = await shop.person(4711, name="Mei herself")
    async with shop.store.write() as session:
        await choose_language(session, mei.id, "zh")
    taken = await shop.person(4712)
    await shop.distributor("chat-taken", person=taken)

    named = await bring(shop, tmp_path, "a,Given name,4711,,,,", "b,B,4711,,,,", "c,C,4712,,,,", "d,D,x,,,,")

    async with shop.store.read() as session:
        person = (await session.execute(select(Person).where(col(Person.chat_id) == 4711))).scalar_one()
    assert (person.name, person.language) == ("Mei herself", "zh")
    assert (await people(shop))["a"].name == "Given name"
    assert named.sentences == [
        "line 3: The telegram_id 4711 is already on line 2.",
        "line 5: telegram_id is 'x': write a whole number like 25.",
        "line 4: The telegram_id 4712 is already the distributor 'chat-taken'.",
    ]


async def test_ten_thousand_in_one_long_chain_go_in(shop: Shop, tmp_path: Path) -> None:
    rows = [f"d{number},Name {number},,d{number + 1},," + "," for number in range(9_999)] + ["d9999,Top,,,,,"]

    named = await bring(shop, tmp_path, *rows)

    assert (named.intake.added, named.intake.bad) == (10_000, 0)
    assert (await sponsors(shop))["d0"] == "d1"


async def test_another_merchants_distributors_are_nobody_here(
    shop: Shop, store: Store, tmp_path: Path
) -> None:
    other = await open_shop(store, shop.now)
    await other.distributor("theirs")

    named = await bring(shop, tmp_path, "a,A,,theirs,,,")

    assert named.sentences == [
        "line 2: There is no sponsor 'theirs', neither in this file nor among the distributors."
    ]
