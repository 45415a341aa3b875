"""The storage chat under the doctor's eyes: there, ours to post in, and not."""

from __future__ import annotations

import pytest

from bot.settings import read_settings
from models.errors import Invalid
from tests.bot.doctor.stand_ins import PERSON, Json, Refusal, chat_server
from tests.bot.doctor.ward import Ward, failed, passed, warned

CHANNEL: dict[str, object] = {"id": -1001, "type": "channel", "title": "Store room"}
GROUP: dict[str, object] = {"id": -1002, "type": "supergroup", "title": "Store room"}
LIMITS: dict[str, object] = {
    "accent_color_id": 0,
    "max_reaction_count": 11,
    "accepted_gift_types": {
        "unlimited_gifts": False,
        "limited_gifts": False,
        "unique_gifts": False,
        "premium_subscription": False,
        "gifts_from_channels": False,
    },
}
RIGHTS = (
    *("can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages", "can_manage_video_chats"),
    *("can_restrict_members", "can_promote_members", "can_change_info", "can_invite_users"),
    *("can_post_stories", "can_edit_stories", "can_delete_stories"),
)
PERMISSIONS = (
    *("can_send_messages", "can_send_audios", "can_send_documents", "can_send_videos", "can_send_photos"),
    *("can_send_video_notes", "can_send_voice_notes", "can_send_polls", "can_send_other_messages"),
    *("can_add_web_page_previews", "can_change_info", "can_invite_users", "can_pin_messages"),
    *("can_manage_topics", "can_edit_tag", "can_react_to_messages"),
)


def chat(shape: dict[str, object], **more: object) -> Json:
    return {**shape, **LIMITS, **more}


def member(status: str, **more: object) -> Json:
    return {"status": status, "user": PERSON, **more}


def administrator(**more: object) -> Json:
    return member("administrator", **dict.fromkeys(RIGHTS, False), **more)


async def test_a_setting_that_names_no_chat_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORAGE_CHAT", "our channel")

    with pytest.raises(Invalid, match="STORAGE_CHAT"):
        read_settings(_env_file=None)


async def test_none_is_set(ward: Ward) -> None:
    async with chat_server() as server:
        seen = await ward.examine(server)

    assert warned(seen["storage chat"], "STORAGE_CHAT is not set")
    assert "administrator" in str(seen["storage chat"].fix)


@pytest.mark.parametrize("name", ["-1001", "@store_room"])
async def test_a_channel_to_post_in(ward: Ward, name: str) -> None:
    mine = administrator(can_post_messages=True)
    async with chat_server(getChat=chat(CHANNEL), getChatMember=mine) as server:
        seen = await ward.examine(server, storage_chat=name)

    assert passed(seen["storage chat"])
    assert "Store room" in seen["storage chat"].sentence


@pytest.mark.parametrize(
    "mine", [administrator(can_post_messages=False), administrator(), member("member")], ids=repr
)
async def test_a_channel_to_read_only(ward: Ward, mine: Json) -> None:
    async with chat_server(getChat=chat(CHANNEL), getChatMember=mine) as server:
        seen = await ward.examine(server, storage_chat="-1001")

    assert failed(seen["storage chat"], "may not post in the channel Store room")


@pytest.mark.parametrize("shape", [CHANNEL, GROUP])
@pytest.mark.parametrize("mine", [member("left"), member("kicked", until_date=0)])
async def test_a_chat_that_the_bot_is_not_in(ward: Ward, shape: dict[str, object], mine: Json) -> None:
    async with chat_server(getChat=chat(shape), getChatMember=mine) as server:
        seen = await ward.examine(server, storage_chat="-1001")

    assert failed(seen["storage chat"], "is not in Store room")


@pytest.mark.parametrize(
    "refusal",
    [
        Refusal(400, "Bad Request: chat not found"),
        Refusal(403, "Forbidden: bot was kicked from the channel chat"),
    ],
)
async def test_a_chat_that_the_bot_cannot_see(ward: Ward, refusal: Refusal) -> None:
    async with chat_server(getChat=refusal) as server:
        seen = await ward.examine(server, storage_chat="@nowhere")

    assert failed(seen["storage chat"], "can't see the chat @nowhere")


async def test_a_group_where_members_send_pictures(ward: Ward) -> None:
    open_group = chat(GROUP, permissions=dict.fromkeys(PERMISSIONS, True))
    async with chat_server(getChat=open_group, getChatMember=member("member")) as server:
        seen = await ward.examine(server, storage_chat="-1002")

    assert passed(seen["storage chat"])


async def test_a_group_where_only_administrators_send_pictures(ward: Ward) -> None:
    strict = chat(GROUP, permissions=dict.fromkeys(PERMISSIONS, False))
    async with chat_server(getChat=strict, getChatMember=member("member")) as server:
        as_member = await ward.examine(server, storage_chat="-1002")
        server.says["getChatMember"] = administrator()
        as_administrator = await ward.examine(server, storage_chat="-1002")

    assert failed(as_member["storage chat"], "may not send pictures")
    assert passed(as_administrator["storage chat"])


async def test_a_bot_whose_hands_are_bound(ward: Ward) -> None:
    bound = member("restricted", is_member=True, until_date=0, **dict.fromkeys(PERMISSIONS, False))
    async with chat_server(getChat=chat(GROUP), getChatMember=bound) as server:
        seen = await ward.examine(server, storage_chat="-1002")

    assert failed(seen["storage chat"], "may not send pictures")


async def test_a_person_who_keeps_the_pictures(ward: Ward) -> None:
    person = chat({"id": 7, "type": "private", "first_name": "Mei"})
    async with chat_server(getChat=person) as server:
        seen = await ward.examine(server, storage_chat="7")

    assert passed(seen["storage chat"])
