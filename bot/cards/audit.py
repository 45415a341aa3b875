"""What was done by hand, in words: who, when, what, about whom, and why (operations.md A10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.cards.actors import actor_words
from bot.cards.card import Card, Row, Tap
from bot.cards.words import back_button, home_button
from bot.voice.catalogue import Phrase, Voice
from bot.voice.moments import stamp
from bot.voice.names import person_name
from models.store.audit import AuditEntry
from models.store.types import JsonValue

_VALUE_COLUMNS = 60
_WHY_COLUMNS = 120
ACTS = {
    "set_level": Phrase("set the level"),
    "set_profile": Phrase("set the profile"),
    "set_sponsor": Phrase("set the sponsor"),
    "invite_staff": Phrase("invited to the staff"),
    "revoke_invitation": Phrase("took back an invitation"),
    "join_staff": Phrase("came to the staff"),
    "change_role": Phrase("changed a role"),
    "remove_staff": Phrase("removed from the staff"),
    "plan_published": Phrase("published a plan"),
    "set_thresholds": Phrase("set the thresholds of cases"),
    "case.hold": Phrase("held a distributor's commissions"),
    "case.suspend": Phrase("suspended a distributor"),
    "case.clear": Phrase("cleared a case"),
    "case.refuse": Phrase("refused what was under review"),
    "case.undo": Phrase("took a decision on a case back"),
    "case.expire": Phrase("let a case end"),
    "payout_account.set": Phrase("set a payout account"),
    "payout_batch.make": Phrase("made a file for the bank"),
    "payout_batch.read": Phrase("read the bank's answer"),
    "withdrawal.approve": Phrase("approved a withdrawal"),
    "withdrawal.second": Phrase("approved a withdrawal as the second person"),
    "withdrawal.undo": Phrase("took back the approval of a withdrawal"),
    "withdrawal.refuse": Phrase("refused a withdrawal"),
    "withdrawal.claim.manual": Phrase("took a withdrawal in hand, to pay it"),
    "withdrawal.claim.csv": Phrase("put a withdrawal into a file for the bank"),
    "withdrawal.lose": Phrase("said that nobody knows whether a withdrawal was paid"),
    "withdrawal.contradicted": Phrase("heard otherwise of a withdrawal that was decided"),
    "withdrawal.pay": Phrase("said that a withdrawal was paid"),
    "withdrawal.fail": Phrase("said that a withdrawal failed"),
    "claim.grant": Phrase("granted a claim"),
    "claim.refuse": Phrase("refused a claim"),
    "claim.undo": Phrase("took a decision on a claim back"),
    "claim.propose": Phrase("proposed an amount for a claim"),
    "person.delete": Phrase("deleted a person's data"),
}
"""Acts in words; one that is not here is shown by its name."""


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Some entries, the newest first. `names` are people by the way entries name them (`person 17`)."""

    zone: ZoneInfo
    entries: Sequence[AuditEntry]
    names: Mapping[str, str]
    older_than: int | None
    """The number from which the next page goes on; None at the end."""
    is_first: bool
    is_whole: bool
    """Whether the chain of all entries is."""


def audit_card(page: AuditPage, voice: Voice) -> Card:
    """The latest acts, and whether the chain is whole."""
    parts = [voice.say("📜 <b>Done by hand</b>")]
    if page.is_first:
        parts.append(
            voice.say("🔗 Each entry carries the hash of the one before it, and the chain is whole.")
            if page.is_whole
            else voice.say(
                "⚠️ <b>The chain is broken:</b> an entry was changed or taken out. <code>tuike audit list</code> says "
                "which; nothing is paid out until then."
            )
        )
    if not page.entries:
        parts.append(
            voice.say("Nothing was done by hand yet. Levels, sponsors, roles and decisions will stand here.")
        )
    parts += [_entry(entry, page, voice) for entry in page.entries]
    turns = []
    if not page.is_first:
        turns.append(Tap(voice.plain("⏮ First page"), "audit:open"))
    if page.older_than is not None:
        turns.append(Tap(voice.plain("Next ▶"), f"audit:open:{page.older_than}"))
    rows: tuple[Row, ...] = (tuple(turns),) if turns else ()
    return Card(Markup("\n\n").join(parts), (*rows, (back_button("manage:open", voice), home_button(voice))))


def _entry(entry: AuditEntry, page: AuditPage, voice: Voice) -> Markup:
    act = ACTS.get(entry.act)
    lines = [
        voice.say(
            "<b>{number}.</b> {moment} · {who} {act}: {subject}",
            number=entry.number,
            moment=stamp(entry.at, page.zone),
            who=actor_words(entry.actor, page.names, voice),
            act=voice.phrase(act) if act is not None else entry.act,
            subject=actor_words(entry.subject.removeprefix("distributor "), page.names, voice),
        )
    ]
    before, after = _value(entry.before), _value(entry.after)
    if before or after:
        lines.append(
            Markup("{} → {}").format(
                person_name(before, _VALUE_COLUMNS, "—"), person_name(after, _VALUE_COLUMNS, "—")
            )
        )
    if entry.why:
        lines.append(Markup("<i>{}</i>").format(person_name(entry.why, _WHY_COLUMNS, "—")))
    return Markup("\n").join(lines)


def _value(value: JsonValue) -> str:
    """A value in one line; what is false or missing is left out."""
    if isinstance(value, dict):
        said = [key if each is True else f"{key} {_value(each)}" for key, each in value.items() if each]
        return ", ".join(said)
    if isinstance(value, list):
        return ", ".join(_value(each) for each in value)
    return "" if value is None else str(value)
