"""The OpenAPI description is true: a stranger who believes it is never surprised."""

from __future__ import annotations

import asyncio
import sys

import pytest

from tests.handlers.web.conftest import WebShop


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_schemathesis_finds_no_contradiction(web_shop: WebShop) -> None:
    link = await web_shop.link("mei", sku="LAMP")
    await web_shop.tell(web_shop.paid("1", code=link["code"]))

    program = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "schemathesis.cli",
        "run",
        str(web_shop.client.make_url("/openapi.json")),
        "--header",
        f"Authorization: Bearer {web_shop.shop.api_key}",
        "--max-examples",
        "25",
        "--seed",
        "7",
        "--workers",
        "1",
        "--no-color",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await program.communicate()

    assert program.returncode == 0, said.decode()[-6000:]
