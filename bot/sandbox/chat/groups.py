"""Groups, supergroups and channels: who is in them, what each may do, and their topics."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.sandbox.chat.members import LEADING, PERMISSIONS, SENDING, USUAL, GroupKind, Member, Status
from bot.sandbox.wire import Json, present, random_name


@dataclass(slots=True)
class Topic:
    """A topic of a forum; its id is the message that opened it."""

    id: int
    name: str
    icon_color: int
    creator_id: int
    icon_custom_emoji_id: str | None = None
    closed: bool = False

    def as_json(self) -> dict[str, Json]:
        """The Bot API's ForumTopic."""
        return present(
            message_thread_id=self.id,
            name=self.name,
            icon_color=self.icon_color,
            icon_custom_emoji_id=self.icon_custom_emoji_id,
        )


@dataclass(slots=True)
class Invite:
    """A link by which people come in."""

    link: str
    creator_id: int
    primary: bool = False
    revoked: bool = False
    name: str | None = None
    expires: int | None = None
    limit: int | None = None
    used: int = 0
    by_request: bool = False

    def as_json(self, creator: Json) -> dict[str, Json]:
        """The Bot API's ChatInviteLink."""
        return present(
            invite_link=self.link,
            creator=creator,
            creates_join_request=self.by_request,
            is_primary=self.primary,
            is_revoked=self.revoked,
            name=self.name,
            expire_date=self.expires,
            member_limit=self.limit,
        )


@dataclass(slots=True)
class Group:
    """A group, supergroup or channel."""

    id: int
    kind: GroupKind
    title: str
    username: str | None = None
    is_forum: bool = False
    description: str = ""
    members: dict[int, Member] = field(default_factory=dict)
    permissions: frozenset[str] = USUAL
    topics: dict[int, Topic] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    """Pinned messages, the latest last."""
    invites: list[Invite] = field(default_factory=list)
    requests: dict[int, Invite] = field(default_factory=dict)
    """Who asked to be let in, and by which link."""
    discussion_id: int | None = None
    """The group in which a channel's posts are talked about."""
    migrated_to: int | None = None
    general_closed: bool = False
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def counts_itself(self) -> bool:
        """Supergroups and channels number their messages from 1, each on its own."""
        return self.kind is not GroupKind.GROUP

    @property
    def kind_words(self) -> str:
        """The chat's type as the server's refusals name it."""
        return f"{self.kind.value} chat"

    def next_message(self) -> int:
        """The number of the next message of a chat that counts itself."""
        return next(self._numbers)

    def member(self, user_id: int) -> Member:
        """Somebody's standing; strangers have left."""
        return self.members.get(user_id) or Member(user_id, Status.LEFT)

    def people(self, bot_id: int) -> list[int]:
        """The persons in the chat, without the bot."""
        return [number for number, member in self.members.items() if member.is_in and number != bot_id]

    def leads(self, user_id: int) -> bool:
        """Whether somebody is an administrator or the owner."""
        return self.member(user_id).status in LEADING

    def may(self, user_id: int, right: str) -> bool:
        """Whether somebody may do what a right or a permission names."""
        member = self.member(user_id)
        match member.status:
            case Status.CREATOR:
                return True
            case Status.ADMINISTRATOR:
                shared = self.kind is not GroupKind.CHANNEL and right in self.permissions
                return right in member.rights or right in SENDING or shared
            case Status.MEMBER:
                return self.kind is not GroupKind.CHANNEL and right in self.permissions
            case Status.RESTRICTED:
                return right in self.permissions and right in member.rights
            case _:
                return False

    def new_invite(self, creator_id: int, *, primary: bool = False) -> Invite:
        """A new link; a primary one takes the place of the one before."""
        if primary:
            for invite in self.invites:
                invite.revoked = invite.revoked or invite.primary
        invite = Invite(f"https://t.me/+{random_name(16)}", creator_id, primary=primary)
        self.invites.append(invite)
        return invite

    def as_chat(self) -> dict[str, Json]:
        """The Bot API's Chat."""
        return present(
            id=self.id,
            title=self.title,
            username=self.username,
            type=self.kind.value,
            is_forum=True if self.is_forum else None,
        )

    def permissions_json(self) -> dict[str, Json]:
        """The Bot API's ChatPermissions."""
        return {name: name in self.permissions for name in PERMISSIONS}


@dataclass(frozen=True, slots=True)
class Talk:
    """Two people's chat with each other; the bot is not in it and never learns its id."""

    id: int
    people: tuple[int, int]

    def other(self, person_id: int) -> int:
        """Whom somebody talks with."""
        first, second = self.people
        return second if person_id == first else first
