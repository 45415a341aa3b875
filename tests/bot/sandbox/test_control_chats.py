"""The control API of chats: lists with what is unread, groups, inline mode, reactions and events for each member."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
import pytest

from bot.sandbox.chat.gathering import Gathering
from bot.sandbox.chat.phone import Phone
from bot.sandbox.server import Sandbox
from tests.bot.sandbox.hands import Hands
from tests.bot.sandbox.test_conversation import picture

KEYBOARD = {"inline_keyboard": [[{"text": "Buy", "callback_data": "buy"}]]}
ARTICLE = {
    "type": "article",
    "id": "m",
    "title": "Mug",
    "description": "¥12",
    "input_message_content": {"message_text": "A mug"},
    "reply_markup": KEYBOARD,
}


@dataclass(slots=True)
class Desk:
    """Asks the control API."""

    hands: Hands

    async def ask(self, path: str, body: object = None, *, status: int = 200) -> dict[str, object]:
        found = await self.any(path, body, status=status)
        assert isinstance(found, dict)
        return found

    async def items(self, path: str) -> list[dict[str, object]]:
        found = await self.any(path)
        assert isinstance(found, list)
        return found

    async def any(self, path: str, body: object = None, *, status: int = 200) -> object:
        method, address = "GET" if body is None else "POST", f"{self.hands.sandbox.url}/control/{path}"
        async with self.hands.session.request(method, address, json=body) as answer:
            said = await answer.json()
            assert answer.status == status, said
            return said


@pytest.fixture
def desk(hands: Hands) -> Desk:
    return Desk(hands)


async def test_a_list_of_chats_shows_what_is_new(
    desk: Desk, sandbox: Sandbox, ann: Phone, bob: Phone, group: Gathering
) -> None:
    # Given news in three chats
    ann.start()
    await desk.hands.call("sendMessage", chat_id=ann.id, text="Hello")
    bob.chat_with(ann).write("psst")
    bob.in_group(group).write("one")
    bob.in_group(group).write("two")
    # Then Ann's list has the newest first, with what she has not seen
    chats = await desk.items(f"people/{ann.id}/chats")
    assert [(chat["type"], chat["title"], chat["unread"]) for chat in chats] == [
        ("supergroup", "Shoppers", 2),
        ("private", "Bob", 1),
        ("bot", sandbox.bot.name, 1),
    ]
    last = chats[0]["last"]
    assert isinstance(last, dict)
    assert (last["text"], last["from"]) == ("two", {"id": bob.id, "name": "Bob", "is_bot": False})
    # When she reads one, it is read for her alone
    key = chats[0]["key"]
    assert await desk.ask(f"people/{ann.id}/chats/{key}/read", {}) == {"unread": 0}
    assert [chat["unread"] for chat in await desk.items(f"people/{ann.id}/chats")] == [0, 1, 1]
    assert (await desk.items(f"people/{bob.id}/chats"))[0]["unread"] == 0
    # And whoever writes has read
    await desk.ask(f"people/{ann.id}/chats/{bob.id}/messages", {"text": "yes?"})
    assert [chat["unread"] for chat in await desk.items(f"people/{ann.id}/chats")] == [0, 0, 1]


async def test_a_group_is_founded_filled_led_and_grown(
    desk: Desk, sandbox: Sandbox, ann: Phone, bob: Phone
) -> None:
    asked = {"type": "group", "title": "Family", "owner": ann.id, "members": [bob.id]}
    chat = await desk.ask("chats", asked)
    path = f"chats/{chat['id']}"
    assert (chat["type"], chat["key"], str(chat["invite_link"])[:14]) == (
        "group",
        str(chat["id"]),
        "https://t.me/+",
    )
    led = await desk.ask(
        f"{path}/members",
        {"member": "bot", "status": "administrator", "rights": {"can_pin_messages": True}},
    )
    assert led["members"] == [
        {"id": ann.id, "name": "Ann", "status": "creator", "is_bot": False},
        {"id": bob.id, "name": "Bob", "status": "member", "is_bot": False},
        {"id": sandbox.bot.id, "name": sandbox.bot.name, "status": "administrator", "is_bot": True},
    ]
    group = sandbox.chat.world.groups[int(str(chat["id"]))]
    assert group.member(sandbox.bot.id).rights == {"can_manage_chat", "can_pin_messages"}
    refused = await desk.ask(
        f"{path}/members", {"member": ann.id, "status": "kicked", "by": bob.id}, status=400
    )
    assert refused["code"] == "rights"
    grown = await desk.ask(f"{path}/migrate", {})
    assert grown["type"] == "supergroup"
    assert (await desk.items(f"people/{ann.id}/chats"))[0]["key"] == grown["key"]
    services = await desk.ask(f"people/{bob.id}/chats/{grown['key']}")
    messages = services["messages"]
    assert isinstance(messages, list)
    assert (messages[0]["service"], messages[0]["facts"]) == (
        "migrated",
        {"from": chat["id"], "to": grown["id"]},
    )


async def test_a_forum_is_read_and_written_by_topic(desk: Desk, ann: Phone, bob: Phone) -> None:
    asked = {"type": "supergroup", "title": "F", "owner": ann.id, "members": [bob.id], "is_forum": True}
    chat = await desk.ask("chats", asked)
    topic = await desk.ask(f"chats/{chat['id']}/topics", {"name": "Sales", "by": ann.id})
    said = await desk.ask(
        f"people/{bob.id}/chats/{chat['key']}/messages", {"text": "x", "topic": topic["id"]}
    )
    assert said["topic"] == topic["id"]
    read = await desk.ask(f"people/{bob.id}/chats/{chat['key']}")
    assert (read["topics"], read["me"], read["can_write"]) == (
        [{"id": topic["id"], "name": "Sales", "closed": False}],
        {"status": "member", "rights": []},
        True,
    )


async def test_a_card_is_typed_for_chosen_and_tapped_over_http(
    desk: Desk, sandbox: Sandbox, ann: Phone, bob: Phone
) -> None:
    path = f"people/{ann.id}/chats/{bob.id}"
    off = await desk.ask(f"{path}/inline", {"query": "mug"}, status=400)
    assert off["code"] == "inline"
    assert await desk.ask("inline", {"enabled": True}) == {"enabled": True, "feedback": False}
    assert await desk.ask("inline", {"feedback": True}) == {"enabled": True, "feedback": True}
    # When Ann types and the bot answers while she waits
    typing = asyncio.create_task(desk.ask(f"{path}/inline", {"query": "mug", "wait": 5}))
    update = (await desk.hands.call("getUpdates", timeout=5)).items[-1]
    query = update["inline_query"]
    assert isinstance(query, dict)
    button = {"text": "More", "start_parameter": "more"}
    answer = {"results": [ARTICLE], "next_offset": "1", "button": button}
    assert (await desk.hands.call("answerInlineQuery", inline_query_id=query["id"], **answer)).status == 200
    offered = await typing
    assert offered == {
        "query_id": query["id"],
        "results": [
            {
                "id": "m",
                "type": "article",
                "title": "Mug",
                "description": "¥12",
                "thumbnail": None,
                "photo": None,
            }
        ],
        "next_offset": "1",
        "button": button,
        "answered": True,
    }
    # Then she sends it, and Bob sees whose it is and taps
    chosen = await desk.ask(f"{path}/chosen", {"query_id": query["id"], "result_id": "m"})
    assert (chosen["via_bot"], chosen["text"]) == (True, "A mug")
    none = await desk.ask(f"{path}/chosen", {"query_id": query["id"], "result_id": "x"}, status=400)
    assert none["code"] == "result"
    await desk.ask(
        f"people/{bob.id}/chats/{ann.id}/taps", {"message_id": chosen["message_id"], "row": 0, "column": 0}
    )
    last = (await desk.hands.call("getUpdates", offset=-1)).items[0]["callback_query"]
    assert isinstance(last, dict)
    assert last["inline_message_id"] == chosen["inline_message_id"]


async def test_a_query_that_nobody_answers_is_told_so(desk: Desk, ann: Phone, bob: Phone) -> None:
    await desk.ask("inline", {"enabled": True})
    answer = await desk.ask(f"people/{ann.id}/chats/{bob.id}/inline", {"query": "x"})
    assert (answer["answered"], answer["results"], answer["button"]) == (False, [], None)


async def test_files_are_sent_as_pictures_or_documents(desk: Desk, ann: Phone, bob: Phone) -> None:
    path = f"people/{ann.id}/chats"
    content = base64.b64encode(picture()).decode()
    photo = await desk.ask(
        f"{path}/bot/files", {"name": "a.jpg", "content": content, "as": "photo", "caption": "proof"}
    )
    table = await desk.ask(f"{path}/{bob.id}/files", {"name": "a.csv", "content": "YSxi", "as": "document"})
    assert isinstance(photo["photo"], dict)
    assert (photo["photo"]["width"], photo["text"]) == (640, "proof")
    assert isinstance(table["document"], dict)
    assert (table["document"]["name"], table["document"]["size"]) == ("a.csv", 3)
    async with desk.hands.session.get(f"{desk.hands.sandbox.url}{photo['photo']['url']}") as shown:
        assert await shown.read() == picture()
    broken = await desk.ask(f"{path}/bot/files", {"name": "a", "content": "*", "as": "photo"}, status=400)
    assert broken["code"] == "file"


async def test_reactions_prepared_messages_and_apps_over_http(
    desk: Desk, sandbox: Sandbox, ann: Phone, bob: Phone
) -> None:
    said = bob.chat_with(ann).write("hi")
    path = f"people/{ann.id}/chats/{bob.id}"
    seen = await desk.ask(f"{path}/reactions", {"message_id": said.id, "emoji": "👍"})
    assert seen["reactions"] == [{"emoji": "👍", "count": 1, "mine": True}]
    gone = await desk.ask(f"{path}/reactions", {"message_id": said.id, "emoji": ""})
    assert gone["reactions"] == []
    saved = await desk.hands.call(
        "savePreparedInlineMessage", user_id=ann.id, result=ARTICLE, allow_user_chats=True
    )
    sent = await desk.ask(f"{path}/prepared", {"prepared_message_id": saved.fields["id"]})
    assert sent["text"] == "A mug"
    opened = await desk.ask(f"people/{ann.id}/webapp", {"url": "https://shop.example/app"})
    assert str(opened["url"]).startswith("https://shop.example/app#tgWebAppData=")
    refused = await desk.ask(f"people/{ann.id}/webapp", {"url": "javascript:1"}, status=400)
    assert refused["code"] == "url"


async def test_own_words_are_changed_and_taken_back(desk: Desk, ann: Phone, bob: Phone) -> None:
    said = ann.start("x")
    path = f"people/{ann.id}/chats"
    edited = await desk.ask(f"{path}/bot/edits", {"message_id": said.id, "text": "/start y"})
    assert (edited["text"], edited["edited"]) == ("/start y", True)
    updates = (await desk.hands.call("getUpdates")).items
    assert [sorted(update) for update in updates] == [
        ["message", "update_id"],
        ["edited_message", "update_id"],
    ]
    assert await desk.any(f"{path}/bot/deletions", {"message_id": said.id}) is True
    assert ann.messages == ()
    theirs = bob.chat_with(ann).write("mine")
    refused = await desk.ask(f"{path}/{bob.id}/edits", {"message_id": theirs.id, "text": "x"}, status=400)
    assert refused["code"] == "rights"


async def test_commands_in_a_group_are_the_groups(
    desk: Desk, ann: Phone, bob: Phone, group: Gathering
) -> None:
    async def listed(phone: Phone) -> list[str]:
        chat = await desk.ask(f"people/{phone.id}/chats/{group.id}")
        assert isinstance(chat["bot"], dict)
        return [command["command"] for command in chat["bot"]["commands"]]

    async def set_for(command: str, **scope: object) -> None:
        commands = [{"command": command, "description": "x"}]
        reply = await desk.hands.call("setMyCommands", commands=commands, scope=scope)
        assert reply.status == 200

    await set_for("plain", type="default")
    await set_for("ours", type="all_group_chats")
    await set_for("leading", type="all_chat_administrators")
    assert (await listed(ann), await listed(bob)) == (["leading"], ["ours"])
    await set_for("here", type="chat", chat_id=group.id)
    await set_for("bobs", type="chat_member", chat_id=group.id, user_id=bob.id)
    assert (await listed(ann), await listed(bob)) == (["here"], ["bobs"])


async def test_links_lead_into_chats(desk: Desk, sandbox: Sandbox, ann: Phone, group: Gathering) -> None:
    eve = sandbox.phone("Eve")
    entered = await desk.ask(f"people/{eve.id}/open", {"link": group.invite_link})
    assert entered == {"chat": str(group.id)}
    link = f"https://t.me/{sandbox.bot.username}?startgroup=g_1"
    said = await desk.ask(f"people/{ann.id}/open", {"link": link, "chat": str(group.id)})
    assert said["text"] == f"/start@{sandbox.bot.username} g_1"
    nowhere = await desk.ask(f"people/{ann.id}/open", {"link": link}, status=400)
    assert nowhere["code"] == "chat"


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("people/ANN/chats/5/messages", {"text": "x"}, "chat"),
        ("people/ANN/chats/ANN/messages", {"text": "x"}, "chat"),
        ("people/ANN/chats/x/messages", {"text": "x"}, "chat"),
        ("people/ANN/chats/bot/reactions", {"message_id": 5, "emoji": "👍"}, "message"),
        ("people/ANN/chats/bot/prepared", {"prepared_message_id": "x"}, "prepared"),
        ("chats", {"type": "band", "title": "x", "owner": "ANN"}, ""),
        ("chats", {"type": "group", "title": " ", "owner": "ANN"}, "title"),
        ("chats", {"type": "group", "title": "x", "owner": "ANN", "is_forum": True}, "forum"),
        ("chats", {"type": "group", "title": "x", "owner": 5}, "person"),
        ("chats/5/members", {"member": "bot", "status": "member"}, "chat"),
        ("chats/5/migrate", {}, "chat"),
        ("clock", {"forward": "soon"}, ""),
    ],
)
async def test_what_cannot_be_is_said(
    desk: Desk, ann: Phone, path: str, body: dict[str, object], code: str
) -> None:
    named = json.loads(json.dumps(body).replace('"ANN"', str(ann.id)))
    refused = await desk.ask(path.replace("ANN", str(ann.id)), named, status=400)
    assert refused["code"] == code


async def test_the_last_of_the_journal_comes_newest_first(desk: Desk) -> None:
    for method in ("getMe", "getMyName", "getMyDescription"):
        await desk.hands.call(method)
    entries = await desk.items("journal?last=2")
    assert [entry["method"] for entry in entries] == ["getMyDescription", "getMyName"]


@asynccontextmanager
async def following(hands: Hands) -> AsyncIterator[aiohttp.StreamReader]:
    async with hands.session.get(f"{hands.sandbox.url}/control/events") as stream:
        assert await stream.content.readline() == b": hello\n"
        await stream.content.readline()
        yield stream.content


async def news(stream: aiohttp.StreamReader, count: int) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    while len(found) < count:
        line = (await stream.readline()).decode()
        if line.startswith("data: "):
            found.append(json.loads(line.removeprefix("data: ")))
    return found


async def test_what_happens_in_a_group_is_told_once_to_each_member(
    desk: Desk, ann: Phone, bob: Phone, group: Gathering
) -> None:
    async with following(desk.hands) as stream:
        said = bob.in_group(group).write("hello")
        told = await news(stream, 2)
        assert {item["person_id"] for item in told} == {ann.id, bob.id}
        assert {(item["kind"], item["chat"]) for item in told} == {("message", str(group.id))}
        ann.in_group(group).react(said, "👍")
        first, second = await news(stream, 2)
        assert first["body"] == {
            "message_id": said.id,
            "reactions": [{"emoji": "👍", "count": 1, "mine": True}],
        }
        assert second["person_id"] == bob.id
        # In a chat of two each names the other
        ann.chat_with(bob).write("psst")
        told = await news(stream, 2)
        assert {(item["person_id"], item["chat"]) for item in told} == {
            (ann.id, str(bob.id)),
            (bob.id, str(ann.id)),
        }


async def test_the_rest_is_told_too(
    desk: Desk, sandbox: Sandbox, ann: Phone, bob: Phone, group: Gathering
) -> None:
    group.promote_bot()
    post = await desk.hands.call("sendMessage", chat_id=group.id, text="Board")
    async with following(desk.hands) as stream:
        await desk.hands.call("pinChatMessage", chat_id=group.id, message_id=post.number)
        kinds = [item["kind"] for item in await news(stream, 5)]
        assert kinds == ["pinned", "pinned", "message", "message", "journal"]
        sandbox.clock.forward(5)
        (moved,) = await news(stream, 1)
        assert (moved["kind"], moved["person_id"]) == ("clock", 0)
        group.leave(bob)
        told = await news(stream, 3)
        assert [(item["kind"], item["person_id"]) for item in told] == [
            ("message", ann.id),
            ("chat", ann.id),
            ("chat", bob.id),
        ]
        assert told[2]["body"] == {"key": str(group.id), "gone": True}
        await desk.ask(f"people/{ann.id}/chats/{group.id}/read", {})
        (read,) = await news(stream, 1)
        assert (read["kind"], read["body"]) == ("read", {"unread": 0})
