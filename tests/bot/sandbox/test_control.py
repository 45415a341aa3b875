"""The control API has the same verbs as the Python side, and the pages need nothing from elsewhere."""

from __future__ import annotations

import json
import re
from pathlib import Path

import aiohttp
import pytest

import bot.sandbox
from bot.sandbox.chat.faults import FaultKind
from bot.sandbox.server import Sandbox
from tests.bot.sandbox.hands import Hands

FOLDER = Path(bot.sandbox.__file__).parent


@pytest.fixture
def ann(sandbox: Sandbox) -> int:
    return sandbox.phone("Ann").id


async def ask(hands: Hands, path: str, body: object = None) -> tuple[int, object]:
    method = "GET" if body is None else "POST"
    async with hands.session.request(method, f"{hands.sandbox.url}/control/{path}", json=body) as answer:
        return answer.status, await answer.json()


async def test_people_chat_over_http(hands: Hands) -> None:
    # Given a person who follows a link
    _, person = await ask(hands, "people", {"name": "李雷", "language_code": "zh-hans"})
    assert isinstance(person, dict)
    path = f"people/{person['id']}"
    link = f"https://t.me/{hands.sandbox.bot.username}?start=K7Q2ABCD"
    status, _ = await ask(hands, f"{path}/open", {"link": link})
    assert status == 200
    # When the bot answers with a button
    keyboard = {"inline_keyboard": [[{"text": "Join", "callback_data": "join"}]]}
    sent = await hands.call("sendMessage", chat_id=person["id"], text="Hi", reply_markup=keyboard)
    await ask(hands, f"{path}/taps", {"message_id": sent.number, "row": 0, "column": 0})
    # Then the chat shows it, and the bot hears of the tap
    _, chat = await ask(hands, f"{path}/chat")
    assert isinstance(chat, dict)
    assert [message["text"] for message in chat["messages"]] == ["/start K7Q2ABCD", "Hi"]
    assert chat["messages"][1]["buttons"][0][0]["callback_data"] == "join"
    updates = (await hands.call("getUpdates")).items
    assert [sorted(update) for update in updates] == [
        ["message", "update_id"],
        ["callback_query", "update_id"],
    ]


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("people/1/messages", {"text": "x"}, "no person 1"),
        ("people/ANN/messages", {"text": "  "}, "1 to 4096"),
        ("people/ANN/open", {"link": "https://shop.example/?start=x"}, "not a link to a chat"),
        ("people/ANN/open", {"link": "https://t.me/other_bot?start=x"}, "here lives only"),
        ("people/ANN/open", {"link": "https://t.me/tuike_demo_bot?start=a.b"}, "start payload"),
        ("people/ANN/taps", {"message_id": 1, "row": 0, "column": 0}, "no button"),
        ("faults", {"kind": "earthquake"}, "earthquake"),
        ("faults", {"kind": "hang", "colour": "red"}, "colour"),
    ],
)
async def test_what_a_person_cannot_do_is_said(
    hands: Hands, ann: int, path: str, body: dict[str, object], said: str
) -> None:
    status, answer = await ask(hands, path.replace("ANN", str(ann)), body)
    assert status == 400
    assert said in str(answer)


async def test_faults_and_journal_over_http(hands: Hands, ann: int) -> None:
    planned, _ = await ask(hands, "faults", {"kind": "server_error", "method": "getMe", "times": 1})
    failed = await hands.call("getMe")
    _, entries = await ask(hands, "journal?method=getMe")
    assert (planned, failed.status) == (200, 502)
    assert isinstance(entries, list)
    assert [entry["fault"] for entry in entries] == [FaultKind.SERVER_ERROR]
    status, _ = await ask(hands, f"people/{ann}/block", {})
    assert status == 200
    assert hands.sandbox.people.get(ann).blocked


async def test_events_are_streamed(hands: Hands, sandbox: Sandbox) -> None:
    async with hands.session.get(f"{sandbox.url}/control/events") as stream:
        assert await stream.content.readline() == b": hello\n"
        sandbox.phone("Ann")
        await stream.content.readline()
        line = (await stream.content.readline()).decode()
        news = json.loads(line.removeprefix("data: "))
        assert (news["kind"], news["body"]["name"]) == ("person", "Ann")


async def test_other_pages_cannot_drive_it(hands: Hands, sandbox: Sandbox) -> None:
    address = f"{sandbox.url}/control/people"
    async with hands.session.post(address, data={"name": "Eve"}) as answer:
        assert answer.status == 415
    async with hands.session.post(address, json={"name": "Eve"}, headers={"Host": "evil.example"}) as answer:
        assert answer.status == 421
    assert sandbox.people.all() == ()


async def test_the_page_follows_the_reader_and_needs_nothing_from_elsewhere(
    hands: Hands, sandbox: Sandbox
) -> None:
    async with hands.session.get(sandbox.chat_url, headers={"Accept-Language": "zh-CN,zh"}) as answer:
        chinese = await answer.text()
        policy = answer.headers["Content-Security-Policy"]
    async with hands.session.get(f"{sandbox.chat_url}?lang=en") as answer:
        english = await answer.text()
    assert 'lang="zh-CN"' in chinese
    assert 'lang="en"' in english
    assert "default-src 'none'" in policy
    for name in re.findall(r'(?:src|href)="([^"]+)"', english):
        async with hands.session.get(sandbox.url + name) as answer:
            assert answer.status == 200, name


def test_no_page_names_an_outside_address() -> None:
    # The bot's own links are followed inside the page; the SVG name is no address that anything loads.
    known = {"http://www.w3.org/2000/svg", "https://${address}", "https://t.me${path}"}
    found = {
        address
        for pattern in ("page/*", "shop/pages/*")
        for path in FOLDER.glob(pattern)
        for address in re.findall(r"""https?://[^\s"'`<]+""", path.read_text("utf-8"))
    }
    assert found <= known


async def test_a_stopped_sandbox_comes_back_with_everything(hands: Hands, sandbox: Sandbox) -> None:
    phone = sandbox.phone("Ann")
    phone.write("before")
    address = sandbox.url
    await sandbox.stop()
    with pytest.raises(aiohttp.ClientConnectionError):
        await hands.call("getMe")
    await sandbox.start()
    assert sandbox.url == address
    assert len((await hands.call("getUpdates", timeout=5)).items) == 1
