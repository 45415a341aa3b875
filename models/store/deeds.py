"""What people do by hand and the audit keeps: one word each, and no act is written down without one."""

from __future__ import annotations

from enum import StrEnum

ACT_CHARS = 60


class Deed(StrEnum):
    """An act, as the chain keeps it. The words are in stores that exist, so they stay.

    Who adds one gives it words in `bot/cards/audit_words.py`.
    """

    SET_LEVEL = "set_level"
    SET_PROFILE = "set_profile"
    SET_SPONSOR = "set_sponsor"
    INVITE_STAFF = "invite_staff"
    REVOKE_INVITATION = "revoke_invitation"
    JOIN_STAFF = "join_staff"
    CHANGE_ROLE = "change_role"
    REMOVE_STAFF = "remove_staff"
    PUBLISH_PLAN = "plan_published"
    SET_THRESHOLDS = "set_thresholds"
    SETTLE = "settle"
    CLOSE_PERIOD = "close_period"
    CASE_HOLD = "case.hold"
    CASE_SUSPEND = "case.suspend"
    CASE_CLEAR = "case.clear"
    CASE_REFUSE = "case.refuse"
    CASE_UNDO = "case.undo"
    CASE_EXPIRE = "case.expire"
    PAYOUT_ACCOUNT_SET = "payout_account.set"
    PAYOUT_ACCOUNT_READ = "payout_account.read"
    PAYOUT_BATCH_MAKE = "payout_batch.make"
    PAYOUT_BATCH_READ = "payout_batch.read"
    WITHDRAWAL_APPROVE = "withdrawal.approve"
    WITHDRAWAL_UNDO = "withdrawal.undo"
    WITHDRAWAL_REFUSE = "withdrawal.refuse"
    WITHDRAWAL_CLAIM = "withdrawal.claim"
    """Written with the provider's name behind it: `withdrawal.claim.manual`."""
    WITHDRAWAL_LOSE = "withdrawal.lose"
    WITHDRAWAL_CONTRADICTED = "withdrawal.contradicted"
    WITHDRAWAL_PAY = "withdrawal.pay"
    WITHDRAWAL_FAIL = "withdrawal.fail"
    CLAIM_GRANT = "claim.grant"
    CLAIM_REFUSE = "claim.refuse"
    CLAIM_UNDO = "claim.undo"
    CLAIM_PROPOSE = "claim.propose"
    PERSON_DELETE = "person.delete"


def act_of(deed: Deed, through: str = "") -> str:
    """The word in the chain; `through` is the provider by whom it was done."""
    return f"{deed}.{through}"[:ACT_CHARS] if through else deed.value


def read_act(act: str) -> tuple[Deed | None, str]:
    """The deed behind a word of the chain and through whom; None for a word that nobody writes any more."""
    if act in set(Deed):
        return Deed(act), ""
    claim = f"{Deed.WITHDRAWAL_CLAIM}."
    return (Deed.WITHDRAWAL_CLAIM, act.removeprefix(claim)) if act.startswith(claim) else (None, "")
