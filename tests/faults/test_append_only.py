"""The ledger refuses change, on both stores, whoever asks (operations.md A3)."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from tests.builders import Shop
from tests.faults.only import on_postgres


@pytest.mark.parametrize("table", ["transfer", "posting"])
@pytest.mark.parametrize("act", ["UPDATE {} SET id = id + 1", "UPDATE {} SET id = id", "DELETE FROM {}"])
async def test_no_row_of_the_ledger_is_changed_or_deleted(shop: Shop, table: str, act: str) -> None:
    async with shop.store.read() as session:
        before = (await session.execute(text(f"SELECT * FROM {table} ORDER BY id"))).all()
    assert before

    with pytest.raises(DBAPIError, match="append-only"):
        async with shop.store.write() as session:
            await session.execute(text(act.format(table)))

    async with shop.store.read() as session:
        assert (await session.execute(text(f"SELECT * FROM {table} ORDER BY id"))).all() == before


@on_postgres  # SQLite has no TRUNCATE; its DELETE without a condition is tested above
async def test_no_table_of_the_ledger_is_emptied_at_once(shop: Shop) -> None:
    with pytest.raises(DBAPIError, match="append-only"):
        async with shop.store.write() as session:
            await session.execute(text("TRUNCATE posting CASCADE"))


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param("amount_minor = 0", id="an amount of nothing"),
        pytest.param("amount_minor = -5", id="a negative amount"),
        pytest.param("currency = 'EUR'", id="another currency than its accounts"),
        pytest.param("to_account_id = from_account_id", id="from an account to itself"),
        pytest.param("from_account_id = 1", id="an account that is not there"),
        pytest.param("transfer_id = 1", id="a transfer that is not there"),
    ],
)
async def test_the_database_itself_refuses_a_wrong_posting(shop: Shop, broken: str) -> None:
    column, value = broken.split(" = ")
    columns = ["id", "transfer_id", "from_account_id", "to_account_id", "amount_minor", "currency"]
    chosen = [value if name == column else "id + 1" if name == "id" else name for name in columns]

    with pytest.raises(IntegrityError):
        async with shop.store.write() as session:
            await session.execute(
                text(
                    f"INSERT INTO posting ({', '.join(columns)}) "
                    f"SELECT {', '.join(chosen)} FROM posting ORDER BY id LIMIT 1"
                )
            )


@pytest.mark.parametrize(
    "wrong",
    [
        "UPDATE commission SET reversed_minor = amount_minor + 1",
        "UPDATE commission SET reversed_minor = -1",
        "UPDATE order_line SET refunded_minor = base_minor + 1",
        "UPDATE order_line SET refunded_quantity = quantity + 1",
    ],
)
async def test_the_database_itself_refuses_more_back_than_there_was(shop: Shop, wrong: str) -> None:
    with pytest.raises(IntegrityError):
        async with shop.store.write() as session:
            await session.execute(text(wrong))
