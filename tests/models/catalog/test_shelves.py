"""Looking through a catalogue: by words, by category, page by page, and never what is hidden."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models.catalog.products import (
    Product,
    ProductRow,
    ProductState,
    edit_product,
    keep_products,
    product_by_id,
)
from models.catalog.shelves import (
    ALL,
    HOT,
    NEW,
    SELLING,
    Shelf,
    Sorting,
    categories,
    found_by,
    has_products,
    shelf_count,
    shelf_page,
)
from models.errors import NotFound
from models.store.engine import Store
from models.store.sql import update_all
from tests.builders import Shop, open_shop

HIDDEN = ProductState.HIDDEN


@pytest.fixture
async def shop(store: Store, now: datetime) -> Shop:
    """A shop without goods."""
    return await open_shop(store, now)


async def stock(shop: Shop, *titles: str, category: str | None = None, **changes: object) -> list[Product]:
    """Products with these titles, numbered in their order."""
    made = [
        Product.model_validate(
            {
                "merchant_id": shop.merchant.id,
                "sku": f"N{number}-{title[:20]}",
                "title": title,
                "price_minor": 100,
                "category": category,
                "updated_at": shop.now,
                **changes,
            }
        )
        for number, title in enumerate(titles)
    ]
    async with shop.store.write() as session:
        await keep_products(session, shop.merchant.id, made)
    return made


async def change(shop: Shop, product: Product, **values: object) -> None:
    async with shop.store.write() as session:
        kept = await product_by_id(session, shop.merchant.id, product.id)
        for field, value in values.items():
            setattr(kept, field, value)
        await update_all(session, ProductRow, [kept], tuple(values))


async def titles(shop: Shop, typed: str, *, with_hidden: bool = False) -> list[str]:
    async with shop.store.read() as session:
        shelf = await found_by(session, shop.merchant.id, typed, with_hidden=with_hidden)
        page = await shelf_page(session, shop.merchant.id, shelf, None, 100)
    return sorted(product.title for product in page.items)


async def walked(shop: Shop, shelf: Shelf, size: int) -> list[int]:
    """The keys of a whole shelf, page by page."""
    seen: list[int] = []
    after: str | None = None
    async with shop.store.read() as session:
        while True:
            page = await shelf_page(session, shop.merchant.id, shelf, after, size)
            assert len(page.items) <= size
            seen += [product.id for product in page.items]
            if page.next_after is None:
                return seen
            after = page.next_after


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("杯子", ["杯子 红色", "红色的大杯子"]),
        ("红色杯子", ["杯子 红色", "红色的大杯子"]),
        ("杯子红色", ["杯子 红色", "红色的大杯子"]),
        ("大杯子红色", ["红色的大杯子"]),
        ("红色的", ["红色的大杯子"]),
        ("CAFÉ", ["Café Ｃrème"]),
        ("cafe creme", ["Café Ｃrème"]),
        ("ｃａｆｅ", ["Café Ｃrème"]),
        ("creme cafe", ["Café Ｃrème"]),
        ("100%", ["100% wool"]),
        ("%", ["100% wool"]),
        ("_", ["snake_case"]),
        ("\\", ["back\\slash"]),
        ("back\\s", ["back\\slash"]),
        ("two words", ["Two\nwords"]),
        ("🎉", ["🎉"]),
        ("🎉🎉", []),
        ("!!!", []),
        ("wool snake", []),
        ("x" * 400, []),
        ("' OR 1=1 --", []),
    ],
)
async def test_words_find_what_is_called_so(shop: Shop, typed: str, found: list[str]) -> None:
    await stock(
        shop,
        "杯子 红色",
        "红色的大杯子",
        "Café Ｃrème",
        "100% wool",
        "snake_case",
        "back\\slash",
        "Two\nwords",
        "🎉",
    )
    assert await titles(shop, typed) == found


async def test_number_and_category_find_a_product_too(shop: Shop) -> None:
    await stock(shop, "Lamp", category="Lights & Lanterns")
    assert await titles(shop, "n0-lamp") == ["Lamp"]
    assert await titles(shop, "LANTERNS lamp") == ["Lamp"]


async def test_a_foreign_shops_goods_are_never_found(shop: Shop) -> None:
    other = await open_shop(shop.store, shop.now)
    [theirs] = await stock(other, "Secret lamp", category="secrets")
    assert await titles(shop, "lamp") == []
    async with shop.store.read() as session:
        assert not await has_products(session, shop.merchant.id)
        assert await categories(session, shop.merchant.id) == []
        with pytest.raises(NotFound):
            await shelf_page(session, shop.merchant.id, ALL, str(theirs.id), 6)


async def test_what_is_hidden_is_seen_by_the_shops_people_alone(shop: Shop) -> None:
    # Given one product on sale and one hidden, in a category of its own
    [shown] = await stock(shop, "Lamp", category="lights")
    [hidden] = await stock(shop, "Hidden lamp", category="secrets")
    await change(shop, hidden, state=HIDDEN, heat=99)
    await change(shop, shown, heat=1)

    # Then no way into the catalogue shows the hidden one
    async with shop.store.read() as session:
        for shelf in (ALL, HOT, NEW, SELLING):
            page = await shelf_page(session, shop.merchant.id, shelf, None, 6)
            assert [product.title for product in page.items] == ["Lamp"]
            assert await shelf_count(session, shop.merchant.id, shelf) == 1
        assert [each.name for each in await categories(session, shop.merchant.id)] == ["lights"]
        assert await shelf_count(session, shop.merchant.id, Shelf(category="secrets")) == 0
        everything = Shelf(with_hidden=True)
        assert await shelf_count(session, shop.merchant.id, everything) == 2
    assert await titles(shop, "lamp") == ["Lamp"]
    assert await titles(shop, "lamp", with_hidden=True) == ["Hidden lamp", "Lamp"]


async def test_a_shop_whose_goods_are_all_hidden_has_none(shop: Shop) -> None:
    [only] = await stock(shop, "Lamp")
    await change(shop, only, state=HIDDEN)
    async with shop.store.read() as session:
        assert not await has_products(session, shop.merchant.id)


async def test_a_hidden_product_is_a_cursor_still(shop: Shop) -> None:
    made = await stock(shop, "A", "B", "C", "D")
    await change(shop, made[1], state=HIDDEN)
    async with shop.store.read() as session:
        page = await shelf_page(session, shop.merchant.id, ALL, str(made[1].id), 6)
    assert [product.title for product in page.items] == ["C", "D"]


@pytest.mark.parametrize("size", [1, 2, 5])
@pytest.mark.parametrize("sorting", list(Sorting))
async def test_pages_show_each_product_once_where_all_are_equal(
    shop: Shop, sorting: Sorting, size: int
) -> None:
    """Equal titles, equal heat, equal times: the key decides."""
    made = [*await stock(shop, *["Same"] * 7)]
    assert len({product.sku for product in made}) == 7
    seen = await walked(shop, Shelf(sorting), size)
    assert sorted(seen) == sorted(product.id for product in made)
    assert len(seen) == len(set(seen))


async def test_each_sorting_has_its_order(shop: Shop) -> None:
    made = await stock(shop, "b", "a", "c")
    for heat, product in zip((5, 0, 9), made, strict=True):
        await change(shop, product, heat=heat, created_at=shop.now + timedelta(hours=heat))
    key = {product.id: product.title for product in made}
    assert [key[each] for each in await walked(shop, ALL, 2)] == ["a", "b", "c"]
    assert [key[each] for each in await walked(shop, HOT, 2)] == ["c", "b", "a"]
    assert [key[each] for each in await walked(shop, NEW, 2)] == ["c", "b", "a"]
    assert [key[each] for each in await walked(shop, SELLING, 2)] == ["c", "b"]


async def test_pages_of_mixed_scripts_show_each_title_once(shop: Shop) -> None:
    made = await stock(shop, "ä", "a", "A", "B", "b", "杯", "灯", "🎉", " ", "'", "Z", "é", "e", "E")
    seen = await walked(shop, ALL, 3)
    assert sorted(seen) == sorted(product.id for product in made)


async def test_categories_are_counted_and_stood_for_by_one_of_theirs(shop: Shop) -> None:
    lights = await stock(shop, "L1", "L2", category="lights")
    [long] = await stock(shop, "M", category="杯" * 100)
    await stock(shop, "None")
    async with shop.store.read() as session:
        found = {each.name: each for each in await categories(session, shop.merchant.id)}
        by_category = await shelf_page(session, shop.merchant.id, Shelf(category="lights"), None, 6)
    assert {name: each.products for name, each in found.items()} == {"lights": 2, "杯" * 100: 1}
    assert found["lights"].product_id in {product.id for product in lights}
    assert found["杯" * 100].product_id == long.id
    assert {product.title for product in by_category.items} == {"L1", "L2"}


async def test_a_product_that_staff_renamed_is_found_by_its_new_name_alone(shop: Shop) -> None:
    [made] = await stock(shop, "Lamp")
    async with shop.store.write() as session:
        kept = await product_by_id(session, shop.merchant.id, made.id)
        kept.title = "灯笼"
        await edit_product(session, kept, shop.now)
    assert await titles(shop, "灯笼") == ["灯笼"]
    assert await titles(shop, "lantern") == []


async def test_what_the_shop_tells_leaves_alone_what_is_ours(shop: Shop) -> None:
    [made] = await stock(shop, "Lamp")
    await change(shop, made, state=HIDDEN, heat=3)
    await stock(shop, "Lamp", price_minor=777, updated_at=shop.now + timedelta(days=1))
    async with shop.store.read() as session:
        kept = await product_by_id(session, shop.merchant.id, made.id)
    assert (kept.state, kept.heat, kept.price_minor) == (HIDDEN, 3, 777)
    assert kept.created_at == shop.now
