"""The public address under the doctor's eyes: ours, nobody's, somebody else's, and its certificate."""

from __future__ import annotations

import ssl
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.app import Role, open_tuike
from bot.clock import SetClock, SystemClock
from bot.doctor.web import certificate
from tests.bot.doctor.stand_ins import HEALTHY, NO_LINK, Page, website
from tests.bot.doctor.ward import Ward, failed, passed, warned
from tests.postgres import free_port


@pytest.fixture
def own_certificate(tmp_path: Path) -> Path:
    """A certificate for localhost that nobody signed but itself, good for thirty days."""
    made = tmp_path / "own.pem"
    command = (
        f"openssl req -x509 -newkey rsa:2048 -nodes -days 30 -keyout {made} -out {made}.crt "
        "-subj /CN=localhost -addext subjectAltName=DNS:localhost"
    )
    subprocess.run(command.split(), check=True, capture_output=True)
    made.write_text(made.read_text() + Path(f"{made}.crt").read_text())
    return made


def serving(path: Path) -> ssl.SSLContext:
    """A server's side of TLS with this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


async def test_an_address_that_is_not_set(ward: Ward) -> None:
    seen = await ward.examine()

    assert warned(seen["public address"], "PUBLIC_URL is not set")


@pytest.mark.parametrize("url", ["go.shop.example", "ftp://go.shop.example", "https://", "http://go:port"])
async def test_what_is_no_web_address(ward: Ward, url: str) -> None:
    seen = await ward.examine(public_url=url)

    assert failed(seen["public address"], "no web address")


async def test_the_program_answers(ward: Ward) -> None:
    """Given the program on this store, no click is counted by looking at its links."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    async with open_tuike(ward.settings(public_url=address, http_port=port), frozenset({Role.WEB})):
        seen = await ward.examine(public_url=address)

    assert passed(seen["public address"])
    assert passed(seen["redirects"])
    assert "certificate" not in seen


async def test_nobody_answers(ward: Ward) -> None:
    seen = await ward.examine(public_url=f"http://127.0.0.1:{free_port()}")

    assert warned(seen["public address"], "Nobody answers there")
    assert "redirects" not in seen


async def test_a_name_that_leads_nowhere(ward: Ward) -> None:
    seen = await ward.examine(public_url="http://go.shop.invalid")

    assert failed(seen["public address"], "go.shop.invalid has no address")
    assert warned(seen["certificate"], "There is none")


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (Page(200, "Welcome to nginx"), "Somebody else answers there (200)"),
        (Page(404), "Somebody else answers there (404)"),
        (Page(502, "Bad gateway"), "Somebody else answers there (502)"),
        (Page(301, headers={"Location": "https://www.shop.example/healthz"}), "sent on to www.shop.example"),
        (Page(503, '{"code": "store_busy"}'), "its store does not"),
    ],
)
async def test_somebody_else_answers(ward: Ward, page: Page, words: str) -> None:
    async with website({"/healthz": page}) as url:
        seen = await ward.examine(public_url=url)

    assert failed(seen["public address"], words)


@pytest.mark.parametrize("page", [Page(404, "<h1>Not found</h1>"), Page(200, "Our shop")])
async def test_a_proxy_that_keeps_links_to_itself(ward: Ward, page: Page) -> None:
    async with website({"/healthz": HEALTHY, "/r/": page}) as url:
        seen = await ward.examine(public_url=url)

    assert passed(seen["public address"])
    assert failed(seen["redirects"], "Somebody else answers for links")


async def test_a_certificate_that_nobody_trusts(ward: Ward, own_certificate: Path) -> None:
    async with website({"/healthz": HEALTHY}, trust=serving(own_certificate)) as url:
        seen = await ward.examine(public_url=url)

    assert failed(seen["certificate"], "Browsers refuse it")
    assert "public address" not in seen


async def test_a_certificate_that_holds(
    ward: Ward, own_certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a machine that trusts it, the days that are left count."""
    monkeypatch.setenv("SSL_CERT_FILE", f"{own_certificate}.crt")
    pages = {"/healthz": HEALTHY, "/r/": NO_LINK}
    async with website(pages, trust=serving(own_certificate)) as url:
        seen = await ward.examine(public_url=url)
        late = SetClock(SystemClock().now() + timedelta(days=20))
        later = await ward.examine(public_url=url, clock=late)

    assert passed(seen["public address"])
    assert passed(seen["redirects"])
    assert passed(seen["certificate"])
    assert "29 days" in seen["certificate"].sentence
    assert warned(later["certificate"], "It ends in 9 days")


def test_the_last_days_of_a_certificate(now: datetime) -> None:
    assert passed(certificate(now + timedelta(days=15), now))
    assert warned(certificate(now + timedelta(days=13), now), "13 days")
    assert failed(certificate(now + timedelta(days=1), now), "1 day")
    assert failed(certificate(now - timedelta(days=1), now), "0 seconds")


async def test_https_at_a_port_that_is_closed(ward: Ward) -> None:
    seen = await ward.examine(public_url=f"https://127.0.0.1:{free_port()}")

    assert warned(seen["public address"], "Nobody answers")
    assert warned(seen["certificate"], "could not be seen")
