"""The staff commands: who works for the merchant, in which role, and the sentences that refuse."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from models.people.persons import meet_person
from models.people.staff import accept_invitation
from models.store.engine import Store
from tests.bot.cli.conftest import Tuike

NOW = "2026-03-04T09:30:00Z"


def add(tuike: Tuike, database: Path, chat_id: int, name: str, role: str) -> int:
    """Somebody who came in by a link of the command line; their number in the list."""
    link = json.loads(tuike("staff", "add", "--role", role, "--now", NOW, "--json").out)["link"]

    async def come_in() -> int:
        store = Store(f"sqlite:///{database}")
        at = datetime.fromisoformat(NOW).astimezone(UTC)
        async with store.write() as session:
            person = await meet_person(
                session, chat_id=chat_id, name=name, username=None, client_language=None, now=at
            )
            token = link.rsplit("s_", 1)[1]
            staff = await accept_invitation(session, token=token, person_id=person.id, now=at)
        await store.close()
        assert staff is not None
        return staff.id

    return asyncio.run(come_in())


def listed(tuike: Tuike) -> dict[str, str]:
    staff = json.loads(tuike("staff", "list", "--now", NOW, "--json").out)["staff"]
    return {one["name"]: one["role"] for one in staff}


@pytest.mark.usefixtures("merchant")
def test_staff_come_in_change_role_and_leave(tuike: Tuike, database: Path) -> None:
    olga = add(tuike, database, 1, "Olga", "owner")
    finn = add(tuike, database, 2, "Finn", "viewer")
    waiting = json.loads(tuike("staff", "list", "--now", NOW, "--json").out)["invitations"]

    changed = tuike("staff", "role", str(finn), "finance", "--why", "he pays", "--json")
    assert json.loads(changed.out) == {"id": finn, "before": "viewer", "role": "finance"}
    assert listed(tuike) == {"Olga": "owner", "Finn": "finance"}
    lowered = tuike("staff", "role", str(olga), "viewer")
    kept = tuike("staff", "remove", str(olga))
    left = tuike("staff", "remove", str(finn), "--json")
    gone = tuike("staff", "remove", str(finn))

    assert [one["role"] for one in waiting] == ["owner"], "the link that came with the merchant"
    for refused in (lowered, kept):
        assert (refused.code, refused.out) == (1, "")
        assert "This is the shop's last owner; make somebody else an owner first." in refused.err
    assert json.loads(left.out) == {"id": finn, "before": "finance", "role": None}
    assert f"There is no member of the staff '{finn}'." in gone.err
    assert listed(tuike) == {"Olga": "owner"}


def test_an_open_invitation_is_listed_with_its_link_and_end(tuike: Tuike, merchant: str) -> None:
    link = json.loads(tuike("staff", "add", "--role", "operator", "--now", NOW, "--json").out)["link"]

    during = json.loads(tuike("staff", "list", "--now", NOW, "--json").out)["invitations"]
    after = json.loads(tuike("staff", "list", "--now", "2026-03-11T09:30:00Z", "--json").out)["invitations"]

    assert {"role": "operator", "link": link, "until": "2026-03-11T09:30:00Z"} in during
    assert link not in {one["link"] for one in after}
    assert tuike("staff", "role", "1", "boss").code == 2
