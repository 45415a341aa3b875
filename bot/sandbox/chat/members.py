"""Standings in a chat of several people: the kinds of chats, their rights, and what each member may."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.sandbox.wire import Json


class GroupKind(StrEnum):
    """The Bot API's types of chats with several people."""

    GROUP = "group"
    SUPERGROUP = "supergroup"
    CHANNEL = "channel"


class Status(StrEnum):
    """The Bot API's statuses of a member."""

    CREATOR = "creator"
    ADMINISTRATOR = "administrator"
    MEMBER = "member"
    RESTRICTED = "restricted"
    LEFT = "left"
    KICKED = "kicked"


INSIDE = {Status.CREATOR, Status.ADMINISTRATOR, Status.MEMBER, Status.RESTRICTED}
LEADING = {Status.CREATOR, Status.ADMINISTRATOR}
RIGHTS_EVERYWHERE = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_send_welcome_messages",
)
RIGHTS_BY_KIND = {
    GroupKind.GROUP: ("can_pin_messages", "can_manage_tags"),
    GroupKind.SUPERGROUP: ("can_pin_messages", "can_manage_topics", "can_manage_tags"),
    GroupKind.CHANNEL: ("can_post_messages", "can_edit_messages", "can_manage_direct_messages"),
}
SENDING = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
    "can_edit_tag",
)
PERMISSIONS = (*SENDING, "can_change_info", "can_invite_users", "can_pin_messages", "can_manage_topics")
"""What the Bot API's ChatPermissions lists; a new group grants what a client grants by itself."""
USUAL = frozenset((*SENDING, "can_invite_users"))


def rights_of(kind: GroupKind) -> tuple[str, ...]:
    """What an administrator of such a chat can be allowed."""
    return (*RIGHTS_EVERYWHERE, *RIGHTS_BY_KIND[kind])


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody's standing in a chat; `rights` are an administrator's, or what a restricted one still may."""

    user_id: int
    status: Status
    rights: frozenset[str] = frozenset()
    until: int = 0

    @property
    def is_in(self) -> bool:
        """Whether they are in the chat."""
        return self.status in INSIDE

    def as_json(self, user: Json, kind: GroupKind) -> dict[str, Json]:
        """The Bot API's ChatMember."""
        body: dict[str, Json] = {"user": user, "status": self.status.value}
        match self.status:
            case Status.CREATOR:
                body["is_anonymous"] = False
            case Status.ADMINISTRATOR:
                body["can_be_edited"] = False
                body["is_anonymous"] = False
                body |= {right: right in self.rights for right in rights_of(kind)}
            case Status.RESTRICTED:
                body |= {"is_member": True, "until_date": self.until}
                body |= {right: right in self.rights for right in PERMISSIONS}
            case Status.KICKED:
                body["until_date"] = self.until
            case _:
                pass
        return body
