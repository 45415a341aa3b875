"""Publishing a plan: checked, linted, compared with the one it follows, started when terms allow, and told."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import column, exists, select, table
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import Sentence
from models.people.distributors import Distributor
from models.people.merchants import lock_merchant
from models.plans.changes import Change, changes, lowers
from models.plans.document import PlanDocument
from models.plans.held import Lacking, held_but_lacking
from models.plans.lint import Code, LintFinding, Severity, lint
from models.plans.lint_findings import WarningsOpen
from models.plans.priced import catalogue_of, named_goods
from models.plans.reading import PlanFile, PlanRefused, read_plan_file
from models.plans.terms import queue_terms
from models.plans.versions import Plan, PlanBook, PlanVersion
from models.store.audit import Actor, write_down
from models.store.deeds import Deed
from models.store.sql import sha256_hex, table_of
from models.store.types import Key, UtcTime

_ORDERS = table("shop_order", column("merchant_id", Key), column("paid_at", UtcTime))
"""Orders stand in a room above this one; the two questions that a plan has for them are asked by name."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What publishing would do now: what lint finds, what changes for whom, and when it may start."""

    file: PlanFile
    findings: tuple[LintFinding, ...]
    before: Plan | None
    changes: tuple[Change, ...]
    starts_at: datetime
    lacking: Lacking
    replaces: tuple[Plan, ...]
    """Versions that wait for their start and would never hold."""
    is_published: bool
    """Whether this very document is the version that was published last."""
    titles: Mapping[str, str] = field(default_factory=dict)
    """What the goods are called that the changes name, by sku."""

    @property
    def document(self) -> PlanDocument:
        """The plan as it was written."""
        return self.file.document

    @property
    def waits_for_notice(self) -> bool:
        """Whether it starts later than it was written, because it lowers something."""
        return self.starts_at > self.document.starts_at

    @property
    def warnings(self) -> tuple[LintFinding, ...]:
        """What wants to be named."""
        return tuple(each for each in self.findings if each.severity is Severity.WARNING)

    def open_warnings(self, accepted: Collection[str]) -> tuple[Code, ...]:
        """Codes that nobody has named yet."""
        return tuple(dict.fromkeys(each.code for each in self.warnings if each.code not in accepted))


@dataclass(frozen=True, slots=True)
class Publication:
    """A version that stands now. `told`: to how many distributors its terms are on their way."""

    row: PlanVersion
    preview: Preview
    told: int

    @property
    def waits_for_notice(self) -> bool:
        """Whether it starts later than it was written."""
        return self.row.starts_at > self.preview.document.starts_at


async def preview_plan(
    session: AsyncSession, *, merchant_id: int, currency: str, text: str, now: datetime
) -> Preview:
    """Read a plan file and say what publishing it would do. Raises PlanRefused, also for what lint finds an error."""
    file = read_plan_file(text, currency)
    document = file.document
    book = await PlanBook.open(session, merchant_id)
    catalogue = await catalogue_of(session, merchant_id, currency)
    findings = lint(document, catalogue)
    errors = [each for each in findings if each.severity is Severity.ERROR]
    if errors:
        raise PlanRefused([file.found(each.path, each.advice) for each in errors])
    latest = book.latest
    is_published = latest is not None and (
        latest.document == document or latest.digest == _digest(document)  # the digest knows no moved start
    )
    if not is_published and latest is not None:
        await _refuse_backwards(session, merchant_id, file, now)
    before = book.in_force(max(document.starts_at, now))
    differences: list[Change] = []
    titles: dict[str, str] = {}
    if before is not None:
        goods = await named_goods(session, merchant_id, currency, before.document, document)
        differences = changes(before.document, document, max(document.starts_at, now), goods)
        titles = goods.titles
    start = document.starts_at
    if before is not None and lowers(differences) and await _has_history(session, merchant_id):
        in_force = book.in_force(now) or before
        start = max(start, now + timedelta(days=in_force.document.notice_days))
    return Preview(
        file=file,
        findings=tuple(findings),
        before=before,
        changes=tuple(differences),
        starts_at=start,
        lacking=await held_but_lacking(session, merchant_id, document, now),
        replaces=() if is_published else tuple(each for each in book.coming(now) if each.starts_at > start),
        is_published=is_published,
        titles=titles,
    )


def _digest(document: PlanDocument) -> str:
    return sha256_hex(document.model_dump_json())


async def _refuse_backwards(session: AsyncSession, merchant_id: int, file: PlanFile, now: datetime) -> None:
    """Terms never change backwards (business.md 9)."""
    starts_at = file.document.starts_at
    if starts_at >= now:
        return
    since = exists().where(_ORDERS.c.merchant_id == merchant_id, _ORDERS.c.paid_at >= starts_at)
    if (await session.execute(select(since))).scalar_one():
        sentence = Sentence(
            "orders were paid since then, and terms never change backwards; write a start from {moment} on",
            moment=now.replace(microsecond=0).isoformat().replace("+00:00", "Z"),
        )
        raise PlanRefused([file.found(("starts_at",), sentence)])


async def _has_history(session: AsyncSession, merchant_id: int) -> bool:
    """Whether there is anybody whose terms could get worse: a distributor, and an order that was told."""
    people = table_of(Distributor)
    there = await session.execute(
        select(
            exists().where(people.c.merchant_id == merchant_id),
            exists().where(_ORDERS.c.merchant_id == merchant_id),
        )
    )
    return all(there.one())


async def publish_plan(
    session: AsyncSession,
    *,
    merchant_id: int,
    currency: str,
    text: str,
    now: datetime,
    accepted: Collection[str] | None = None,
    actor: Actor | None = None,
) -> Publication:
    """Publish a plan file as the merchant's next version. Raises PlanRefused.

    Publishing the latest version's very document again gives that version, unchanged. With `accepted`, every
    warning must be named there, else WarningsOpen is raised; without it nobody is asked. A version that lowers
    anything starts when the notice period of the plan in force is over, at the earliest. What an `actor` does by
    hand is written into the audit chain; a program's own seeding has none.
    """
    # The merchant's lock makes two publishers take two version numbers.
    await lock_merchant(session, merchant_id)
    preview = await preview_plan(session, merchant_id=merchant_id, currency=currency, text=text, now=now)
    latest = (await PlanBook.open(session, merchant_id)).latest
    if latest is not None and preview.is_published:
        return Publication(await _row(session, latest.id), preview, latest.told)
    open_codes = preview.open_warnings(accepted) if accepted is not None else ()
    if open_codes:
        raise WarningsOpen(open_codes)
    number = latest.version + 1 if latest is not None else 1
    before = preview.before
    told = 0
    if before is None or preview.changes or any(each.told for each in preview.replaces):
        told = await queue_terms(
            session, merchant_id, number, before.version if before is not None else None, now
        )
    row = await _add(session, merchant_id, number, preview, told, now)
    if actor is not None:
        await _write_down(session, row, actor, accepted or (), now)
    return Publication(row, preview, told)


async def _write_down(
    session: AsyncSession, row: PlanVersion, actor: Actor, accepted: Collection[str], now: datetime
) -> None:
    await write_down(
        session,
        merchant_id=row.merchant_id,
        actor=actor,
        act=Deed.PUBLISH_PLAN,
        subject=f"plan {row.version}",
        now=now,
        after={
            "digest": row.digest,
            "starts_at": row.starts_at.isoformat(),
            "accepted": [*sorted(accepted)],
            "standing_digest": row.standing_digest,
        },
    )


async def _add(
    session: AsyncSession, merchant_id: int, number: int, preview: Preview, told: int, now: datetime
) -> PlanVersion:
    document = preview.document.model_copy(update={"starts_at": preview.starts_at}).model_dump_json()
    version = PlanVersion(
        merchant_id=merchant_id,
        version=number,
        name=preview.document.name,
        starts_at=preview.starts_at,
        document=document,
        digest=_digest(preview.document),
        standing_digest=sha256_hex(document),
        published_at=now,
        told=told,
    )
    session.add(version)
    await session.flush()
    return version


async def _row(session: AsyncSession, plan_id: int) -> PlanVersion:
    row = await session.get(PlanVersion, plan_id)
    assert row is not None  # the book has just read it
    return row


def notes_on(preview: Preview) -> Sequence[str]:
    """What to say, in English, of what publishing does beside what it is meant to."""
    return [
        f"Version {plan.version}, which was to start at {plan.starts_at.isoformat()}, never holds: this one begins "
        "before it."
        for plan in preview.replaces
    ] + lacking_sentences(preview.lacking)


def lacking_sentences(lacking: Lacking) -> list[str]:
    """What to say, in English, of levels and profiles that people hold and the plan has no more."""
    return [
        f"Level {level!r}, which distributors hold ({count}), is not in this plan: they count as its first level."
        for level, count in lacking.levels.items()
    ] + [
        f"Profile {profile!r}, which distributors hold ({count}), is not in this plan: they count as having none."
        for profile, count in lacking.profiles.items()
    ]
