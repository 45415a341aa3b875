"""Every act that is written down reads as a sentence or two, in both languages, without keys and code words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.cards.audit import AuditPage, audit_card
from bot.cards.audit_changes import LABELS, UNSAID
from bot.cards.audit_values import SAYING
from bot.cards.audit_words import ACTS
from bot.cards.card import Tap
from bot.cards.case_words import SIGNALS, THRESHOLDS
from bot.gateway.fit import plain
from bot.voice.catalogue import Voice
from bot.voice.languages import Language
from models.money.audited import NOTHING, Enrolled, Matter, Named
from models.money.cases.deciding import Decision
from models.money.cases.signals import SignalKind
from models.money.cases.thresholds import Thresholds
from models.plans.parts import Title
from models.store.audit import AuditEntry
from models.store.deeds import Deed, act_of, read_act
from models.store.types import JsonValue, to_micros

EN, ZH = Voice(Language.EN), Voice(Language.ZH)
ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 4, 4, 30, tzinfo=UTC)
LATER = datetime(2026, 3, 9, 16, tzinfo=UTC)
KEY = 384167902341120001
FANG, LEI = Enrolled("王芳", "7"), Enrolled("李雷", "8")
NAMED = Named(
    people={"person 17": "周婷", "command person 17": "周婷", "person 18": "吴刚"},
    distributors={"7": FANG, "8": LEI, str(KEY): Enrolled("", "9")},
    matters={
        f"case {KEY}": Matter(FANG),
        f"case {KEY + 1}": Matter(FANG, "1001"),
        f"claim {KEY}": Matter(LEI, "1002"),
        "withdrawal 7392-4851": Matter(FANG),
    },
    plans={2: "春季"},
    levels={
        "promoter": Title(zh="推广员", en="Promoter"),
        "team_leader": Title(zh="团长", en="Leader"),
    },
    profiles={"key_opinion": Title(zh="达人", en="KOL")},
)
CASE: dict[str, JsonValue] = {
    "decision": "clear",
    "state": "hold",
    "expires_at": to_micros(LATER),
    "expected_at": to_micros(LATER),
    "distributor_state": "suspended",
    "on_hold": True,
    "refunds": 3,
    "withheld": {"2026-02": 500},
    "closed_sales": {"2026-02": 90_000},
}
AMOUNT = 5_000


@dataclass(frozen=True)
class Told:
    """An entry, and how it reads in English and in Chinese: lines parted by a bar."""

    act: str
    subject: str
    en: str
    zh: str
    before: JsonValue = None
    after: JsonValue = None
    why: str = ""
    actor: str = "person 17"


def moved(before: str, after: str, by: str | None = None, now_by: str | None = None) -> dict[str, JsonValue]:
    """A withdrawal's two sides."""
    return {
        "before": {"state": before, "approved_by": by},
        "after": {"state": after, "approved_by": now_by, "amount_minor": AMOUNT},
    }


def claimed(
    before: str, after: str, had: int | None, has: int | None, proposed: int | None = None
) -> dict[str, JsonValue]:
    """A claim's two sides."""
    return {
        "before": {"state": before, "granted_minor": had},
        "after": {"state": after, "granted_minor": has, "proposed_minor": proposed, "distributor_id": KEY},
    }


def told(deed: Deed | str, subject: str, en: str, zh: str, **sides: JsonValue) -> Told:
    return Told(str(deed), subject, en, zh, **sides)  # type: ignore[arg-type]  # before, after, why, actor


PAID = "withdrawal 7392-4851"
TABLE = [
    told(
        Deed.SET_LEVEL,
        "distributor 7",
        "周婷 set the level of 王芳 (7) | — → Leader 📌 pinned",
        "周婷 设置了 王芳（7）的等级 | — → 团长 📌 锁定",
        before={"level": None, "pinned": False},
        after={"level": "team_leader", "pinned": True, "since": NOW.isoformat()},
    ),
    told(
        Deed.SET_LEVEL,
        "distributor 7",
        "周婷 (command line) set the level of 王芳 (7) | Leader 📌 pinned → Promoter · "
        "counts from 2026-03-10 00:00 on | 试用",
        "周婷（命令行） 设置了 王芳（7）的等级 | 团长 📌 锁定 → 推广员 · 自 2026-03-10 00:00 起计 | 试用",
        actor="command person 17",
        before={"level": "team_leader", "pinned": True},
        after={"level": "promoter", "pinned": False, "since": LATER.isoformat()},
        why="试用",
    ),
    told(
        Deed.SET_PROFILE,
        "distributor 7",
        "周婷 set the profile of 王芳 (7) | KOL → —",
        "周婷 设置了 王芳（7）的合作类型 | 达人 → —",
        before="key_opinion",
    ),
    told(
        Deed.SET_SPONSOR,
        "distributor 7",
        "周婷 set the sponsor of 王芳 (7) | nobody → 李雷 (8)",
        "周婷 设置了 王芳（7）的上级 | 无 → 李雷（8）",
        after="8",
    ),
    told(
        Deed.INVITE_STAFF,
        f"invitation {KEY}",
        "the command line made an invitation to the staff | finance",
        "命令行 发出了员工邀请 | 财务",
        after="finance",
        actor="command",
    ),
    told(
        Deed.REVOKE_INVITATION,
        f"invitation {KEY}",
        "周婷 took back an invitation to the staff | viewer",
        "周婷 收回了员工邀请 | 只读成员",
        before="viewer",
    ),
    told(
        Deed.JOIN_STAFF,
        "person 17",
        "周婷 joined the staff by an invitation | owner",
        "周婷 通过邀请成为员工 | 店主",
        after="owner",
        why=f"invitation {KEY}",
    ),
    told(
        Deed.CHANGE_ROLE,
        "person 18",
        "周婷 changed the role of 吴刚 | operator → finance",
        "周婷 更改了 吴刚 的角色 | 运营 → 财务",
        before="operator",
        after="finance",
    ),
    told(
        Deed.REMOVE_STAFF,
        f"person {KEY}",
        "周婷 removed somebody from the staff | operator",
        "周婷 将 某人 移出了员工 | 运营",
        before="operator",
    ),
    told(
        Deed.PUBLISH_PLAN,
        "plan 2",
        "周婷 published version 2 of the plan, “春季” | from 2026-03-10 00:00 on · "
        "warnings accepted: Margin unguarded, No hold",
        "周婷 发布了方案第 2 版「春季」 | 自 2026-03-10 00:00 起生效 · 已确认的提醒：毛利无保护、没有冻结期",
        after={
            "digest": "9f" * 32,
            "starts_at": LATER.isoformat(),
            "accepted": ["margin_unguarded", "no_hold"],
        },
    ),
    told(
        Deed.SET_THRESHOLDS,
        "cases",
        "the command line set the thresholds of cases | orders of one address: 8 → 10 · "
        "days on hold: as shipped → 14",
        "命令行 设置了风控阈值 | 同一网络地址的订单数：8 → 10 · 暂缓天数：默认值 → 14",
        actor="command",
        before={"address_orders": 8, "own_orders": 4},
        after={"address_orders": 10, "own_orders": 4, "hold_days": 14},
    ),
    told(
        Deed.SETTLE,
        f"settlement {LATER.isoformat()}",
        "the command line settled what was due by 2026-03-10 00:00 | 1 commission · £50.00",
        "命令行 结算了截至 2026-03-10 00:00 到期的佣金 | 1 笔佣金 · £50.00",
        actor="command",
        after={"commissions": 1, "amount_minor": AMOUNT},
    ),
    told(
        Deed.CLOSE_PERIOD,
        "period 2026-02",
        "the command line closed the period February 2026 | 2 bonuses · £50.00 · 1 level lowered · 3 levels at risk",
        "命令行 结算了周期 2026年2月 | 2 笔奖励 · £50.00 · 1 人降级 · 3 人可能降级",
        actor="command",
        after={"bonuses": 2, "amount_minor": AMOUNT, "demoted": 1, "warned": 3},
    ),
    told(
        Deed.CLOSE_PERIOD,
        "period 2026-W09",
        "the command line closed the period week 9 of 2026 (from Feb 23)",
        "命令行 结算了周期 2026年第9周，2月23日起",
        actor="command",
        after={"bonuses": 0, "amount_minor": 0, "demoted": 0, "warned": 0},
    ),
    told(
        Deed.CASE_HOLD,
        f"case {KEY}",
        "Tuike itself put the commissions of 王芳 (7) on hold | ⏸ On hold · evidence: own contact data, too quick",
        "系统 暂缓了 王芳（7）的佣金结算 | ⏸ 暂缓结算 · 证据：本人联系方式、下单过快",
        actor="tuike",
        after={"state": "hold", "signals": ["own_contact", "quick"]},
    ),
    told(
        Deed.CASE_SUSPEND,
        f"case {KEY}",
        "周婷 suspended 王芳 (7) | 👀 Watched → ⛔ Suspended · was to end 2026-03-10 00:00",
        "周婷 停用了 王芳（7） | 👀 观察中 → ⛔ 已停用 · 原定 2026-03-10 00:00 到期",
        before={
            **CASE,
            "decision": "suspend",
            "state": "watch",
            "expected_at": None,
            "distributor_state": "active",
            "on_hold": False,
        },
        after={"state": "suspended", "under_review_minor": 0},
    ),
    told(
        Deed.CASE_CLEAR,
        f"case {KEY}",
        "周婷 cleared the case of 王芳 (7) | ⏸ On hold → ✅ Cleared · under review: £50.00 · before: ⛔ Suspended · "
        "was to be decided by 2026-03-10 00:00 | 没有问题",
        "周婷 排除了 王芳（7）的嫌疑 | ⏸ 暂缓结算 → ✅ 已排除 · 审核中的佣金：£50.00 · 此前：⛔ 已停用 · "
        "原定 2026-03-10 00:00 前作出决定 | 没有问题",
        before=CASE,
        after={"state": "cleared", "under_review_minor": AMOUNT},
        why="没有问题",
    ),
    told(
        Deed.CASE_CLEAR,
        f"case {KEY + 1}",
        "周婷 decided to pay the own purchase, order 1001 of 王芳 (7) | ⏸ On hold → ✅ To be paid · "
        "under review: £50.00",
        "周婷 决定支付自购佣金：王芳（7）的订单 1001 | ⏸ 暂缓结算 → ✅ 予以支付 · 审核中的佣金：£50.00",
        before={"decision": "clear", "state": "hold", "distributor_state": "active", "on_hold": False},
        after={"state": "cleared", "under_review_minor": AMOUNT},
    ),
    told(
        Deed.CASE_REFUSE,
        f"case {KEY}",
        "周婷 decided not to pay what was under review for 王芳 (7) | ⏸ On hold → ✖️ Not paid",
        "周婷 决定不支付 王芳（7）审核中的佣金 | ⏸ 暂缓结算 → ✖️ 不予支付",
        before={"decision": "refuse", "state": "hold", "distributor_state": "active", "on_hold": False},
        after={"state": "refused", "under_review_minor": 0},
    ),
    told(
        Deed.CASE_UNDO,
        f"case {KEY}",
        "周婷 took back the decision on the case of 王芳 (7) | ✅ Cleared → ⏸ On hold",
        "周婷 撤回了对 王芳（7）案件的决定 | ✅ 已排除 → ⏸ 暂缓结算",
        before={"state": "cleared"},
        after={"state": "hold", "under_review_minor": 0},
    ),
    told(
        Deed.CASE_EXPIRE,
        "case 5",
        "Tuike itself let the case of a distributor end, for nobody decided it in time | ⌛ Over · "
        "under review: £50.00",
        "系统 因逾期未决定，结束了 某位分销员的风控案件 | ⌛ 已到期 · 审核中的佣金：£50.00",
        actor="tuike",
        after={"state": "expired", "under_review_minor": AMOUNT},
    ),
    told(
        Deed.PAYOUT_ACCOUNT_SET,
        "distributor 7",
        "周婷 set the payout account of 王芳 (7) | 工商银行 •••• 1111 → 建设银行 •••• 2222",
        "周婷 设置了 王芳（7）的收款账户 | 工商银行 •••• 1111 → 建设银行 •••• 2222",
        before="工商银行 •••• 1111",
        after="建设银行 •••• 2222",
    ),
    told(
        Deed.PAYOUT_ACCOUNT_SET,
        "distributor 7",
        f"周婷 set the payout account of 王芳 (7) | {'行' * 15}… •••• 1111 → 王•••@例.中国",
        f"周婷 设置了 王芳（7）的收款账户 | {'行' * 15}… •••• 1111 → 王•••@例.中国",
        before=f"{'行' * 80} •••• 1111",
        after="王•••@例.中国",
    ),
    told(
        Deed.PAYOUT_ACCOUNT_READ,
        PAID,
        "周婷 looked at the whole payout account for withdrawal 7392-4851 of 王芳 (7) | £50.00",
        "周婷 查看了 王芳（7）的提现 7392-4851 的完整收款账户 | £50.00",
        **moved("paying", "paying", "person 18", "person 18"),
    ),
    told(
        Deed.PAYOUT_BATCH_MAKE,
        "payout batch 3",
        "周婷 made batch 3 for the bank | 4 withdrawals: 7392-4851, 2222-2222, 3333-3333, … · in all £50.00",
        "周婷 生成了第 3 批银行打款文件 | 4 笔提现：7392-4851、2222-2222、3333-3333、… · 合计 £50.00",
        after={
            "withdrawals": ["7392-4851", "2222-2222", "3333-3333", "4444-4444"],
            "total_minor": AMOUNT,
        },
    ),
    told(
        Deed.PAYOUT_BATCH_READ,
        "payout batch 3",
        "周婷 fetched the file of batch 3 once more",
        "周婷 重新获取了第 3 批银行打款文件",
    ),
    told(
        Deed.WITHDRAWAL_APPROVE,
        PAID,
        "周婷 approved withdrawal 7392-4851 of 王芳 (7) | £50.00 · 🕓 Requested → 👍 Approved",
        "周婷 批准了 王芳（7）的提现 7392-4851 | £50.00 · 🕓 已申请 → 👍 已批准",
        **moved("requested", "approved", None, "person 17"),
    ),
    told(
        Deed.WITHDRAWAL_APPROVE,
        PAID,
        "周婷 approved withdrawal 7392-4851 of 王芳 (7) | £50.00 · 👥 waits for a second person",
        "周婷 批准了 王芳（7）的提现 7392-4851 | £50.00 · 👥 待第二人批准",
        **moved("requested", "requested", None, "person 17"),
    ),
    told(
        Deed.WITHDRAWAL_APPROVE,
        PAID,
        "吴刚 approved withdrawal 7392-4851 of 王芳 (7) as the second person | £50.00 · 🕓 Requested → 👍 Approved",
        "吴刚 作为第二人批准了 王芳（7）的提现 7392-4851 | £50.00 · 🕓 已申请 → 👍 已批准",
        actor="person 18",
        **moved("requested", "approved", "person 17", "person 17"),
    ),
    told(
        Deed.WITHDRAWAL_UNDO,
        PAID,
        "周婷 took back the approval of withdrawal 7392-4851 of 王芳 (7) | £50.00 · 👍 Approved → 🕓 Requested · "
        "approval: 吴刚 → —",
        "周婷 撤回了对 王芳（7）的提现 7392-4851 的批准 | £50.00 · 👍 已批准 → 🕓 已申请 · 批准人：吴刚 → —",
        **moved("approved", "requested", "person 18", None),
    ),
    told(
        Deed.WITHDRAWAL_REFUSE,
        PAID,
        "周婷 refused withdrawal 7392-4851 of 王芳 (7) | £50.00 · 🕓 Requested → 🚫 Refused | 账户有误",
        "周婷 拒绝了 王芳（7）的提现 7392-4851 | £50.00 · 🕓 已申请 → 🚫 已拒绝 | 账户有误",
        why="账户有误",
        **moved("requested", "refused"),
    ),
    *(
        told(
            act_of(Deed.WITHDRAWAL_CLAIM, through),
            PAID,
            f"周婷 {en} | £50.00 · 👍 Approved → 💸 Being paid",
            f"周婷 {zh} | £50.00 · 👍 已批准 → 💸 打款中",
            **moved("approved", "paying", "person 18", "person 18"),
        )
        for through, en, zh in (
            (
                "manual",
                "took withdrawal 7392-4851 of 王芳 (7) in hand, to pay it",
                "接手了 王芳（7）的提现 7392-4851，准备打款",
            ),
            (
                "csv",
                "put withdrawal 7392-4851 of 王芳 (7) into a file for the bank",
                "将 王芳（7）的提现 7392-4851 放入了银行打款文件",
            ),
            (
                "银联",
                "asked 银联 to pay withdrawal 7392-4851 of 王芳 (7)",
                "通过支付渠道 银联 为 王芳（7）的提现 7392-4851 打款",
            ),
        )
    ),
    told(
        Deed.WITHDRAWAL_LOSE,
        PAID,
        "Tuike itself does not know whether withdrawal 7392-4851 of 王芳 (7) was paid | "
        "£50.00 · 💸 Being paid → ❔ Being checked | no answer in time",
        "系统 无法确认 王芳（7）的提现 7392-4851 是否已打款 | £50.00 · 💸 打款中 → ❔ 待核实 | 未及时回复",
        actor="clock",
        why="no answer in time",
        **moved("paying", "unknown", "person 18", "person 18"),
    ),
    told(
        Deed.WITHDRAWAL_CONTRADICTED,
        "withdrawal 5555-5555",
        "the provider 银联 said otherwise about withdrawal 5555-5555, which was decided already | £50.00 | "
        "They say that it failed: 余额不足",
        "支付渠道 银联 的回音与 提现 5555-5555 的已定结果不符 | £50.00 | 对方称打款失败：余额不足",
        actor="provider 银联",
        why="failed: 余额不足",
        **moved("paid", "paid", "person 18", "person 18"),
    ),
    told(
        Deed.WITHDRAWAL_PAY,
        PAID,
        "周婷 said that withdrawal 7392-4851 of 王芳 (7) is paid | £50.00 · 💸 Being paid → ✅ Paid out | "
        "Payment number: 20260304",
        "周婷 确认 王芳（7）的提现 7392-4851 已打款 | £50.00 · 💸 打款中 → ✅ 已打款 | 付款流水号：20260304",
        why="20260304",
        **moved("paying", "paid", "person 18", "person 18"),
    ),
    told(
        Deed.WITHDRAWAL_FAIL,
        PAID,
        "周婷 said that withdrawal 7392-4851 of 王芳 (7) failed | £50.00 · ❔ Being checked → ✖️ Failed",
        "周婷 标记 王芳（7）的提现 7392-4851 打款失败 | £50.00 · ❔ 待核实 → ✖️ 失败",
        **moved("unknown", "failed", "person 18", "person 18"),
    ),
    told(
        Deed.CLAIM_GRANT,
        f"claim {KEY}",
        "周婷 granted the claim of 李雷 (8) about order 1002 | ⏳ Waits for the shop → ✅ Granted · goodwill: £50.00",
        "周婷 批准了 李雷（8）关于订单 1002 的申诉 | ⏳ 等待商家处理 → ✅ 已批准 · 善意补偿：£50.00",
        why="claim about order 1002",
        **claimed("open", "granted", None, AMOUNT),
    ),
    told(
        Deed.CLAIM_REFUSE,
        f"claim {KEY}",
        "周婷 turned down the claim of 李雷 (8) about order 1002 | ⏳ Waits for the shop → ✖️ Refused",
        "周婷 拒绝了 李雷（8）关于订单 1002 的申诉 | ⏳ 等待商家处理 → ✖️ 已拒绝",
        why="claim about order 1002",
        **claimed("open", "refused", None, None),
    ),
    told(
        Deed.CLAIM_UNDO,
        f"claim {KEY}",
        "周婷 took back the decision on the claim of 李雷 (8) about order 1002 | "
        "✅ Granted → ⏳ Waits for the shop · goodwill: £50.00 → —",
        "周婷 撤回了对 李雷（8）关于订单 1002 的申诉的决定 | ✅ 已批准 → ⏳ 等待商家处理 · 善意补偿：£50.00 → —",
        **claimed("granted", "open", AMOUNT, None),
    ),
    told(
        Deed.CLAIM_PROPOSE,
        "claim 6",
        "周婷 proposed an amount for a claim | proposed: £50.00",
        "周婷 为 一笔申诉提议了补偿金额 | 提议金额：£50.00",
        **claimed("open", "open", None, None, AMOUNT),
    ),
    told(
        Deed.PERSON_DELETE,
        f"distributor {KEY}",
        "somebody deleted the data of a distributor (9) | 🚪 Left · could be withdrawn: £50.00 · given up: £50.00 | "
        "the person asked for it",
        "某人 删除了 某位分销员（9）的个人数据 | 🚪 已退出 · 原可提现：£50.00 · 放弃：£50.00 | 应本人要求",
        actor=f"person {KEY}",
        before={"available_minor": AMOUNT, "held_minor": 0},
        after={"state": "left", "given_up_minor": AMOUNT},
        why="the person asked for it",
    ),
]


def entry(number: int, row: Told) -> AuditEntry:
    return AuditEntry(
        merchant_id=1,
        number=number,
        actor=row.actor,
        act=row.act,
        subject=row.subject,
        before=row.before,
        after=row.after,
        why=row.why,
        at=NOW,
        previous="",
        digest="",
    )


def page(*entries: AuditEntry, named: Named = NAMED, older_than: int | None = None) -> AuditPage:
    return AuditPage("GBP", ZONE, entries, named, older_than, is_first=False, is_whole=True)


def read(row: Told, voice: Voice) -> str:
    """An entry as its reader sees it, behind its number and time."""
    text = plain(audit_card(page(entry(1, row)), voice).text)
    text = text.replace("\u2068", "").replace("\u2069", "")
    return text.partition("1. 2026-03-04 12:30 · ")[2].replace("\n", " | ")


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.act} {row.subject}")
def test_an_entry_reads_as_a_sentence_in_both_languages(row: Told) -> None:
    assert read(row, EN) == row.en
    assert read(row, ZH) == row.zh


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.act} {row.subject}")
def test_no_key_no_code_word_and_in_chinese_no_english(row: Told) -> None:
    for voice in (EN, ZH):
        assert not re.search(r"\d{10,}|[a-z]+_[a-z]+", read(row, voice))
    assert not re.search("[A-Za-z]{2,}", read(row, ZH))


def test_every_act_that_can_be_written_down_has_words_and_a_row_here() -> None:
    assert set(ACTS) == set(Deed)
    assert {read_act(row.act)[0] for row in TABLE} == set(Deed)
    assert {f"case.{decision}" for decision in Decision} < set(Deed)


def test_tables_of_words_know_every_word() -> None:
    assert set(SIGNALS) == set(SignalKind)
    assert list(THRESHOLDS) == list(Thresholds.model_fields)
    assert set(LABELS) <= set(SAYING)
    assert not UNSAID & set(SAYING)


def test_every_value_of_the_table_above_is_said_or_left_unsaid_on_purpose() -> None:
    sides = [(row, side) for row in TABLE for side in (row.before, row.after) if isinstance(side, dict)]
    keys = {key for row, side in sides for key in side if row.act != Deed.SET_THRESHOLDS}
    assert keys <= set(SAYING) | UNSAID


def test_what_no_table_knows_is_shown_safely() -> None:
    old = Told(
        "badge.give",
        f"badge {KEY} <b>",
        "",
        "",
        before={"<i>colour</i>": "<b>red"},
        after={"<i>colour</i>": ["x" * 200], "kept": True, "accepted": 7, "since": 10**30, "state": {"a": 1}},
        why="<script>" + "w" * 500,
        actor="somebody else " * 9,
    )
    card = audit_card(page(entry(1, old)), EN)

    assert "<script>" not in card.text
    assert "<i>colour" not in card.text
    assert len(card.text) < 900
    assert "badge.give" in card.text
    assert "kept\u2069: yes" in card.text


def test_malformed_values_of_known_keys_are_shown_as_they_are() -> None:
    for key in SAYING:
        odd: tuple[JsonValue, ...] = (
            "word",
            7,
            10**30,
            -(10**30),
            True,
            ["x", 1, None],
            {"a": {"b": 1}},
            1.5,
            [],
        )
        for value in odd:
            row = Told(Deed.SET_LEVEL, "distributor 7", "", "", before={key: value}, after={key: None})
            assert read(row, EN).startswith("周婷 set the level of")


def test_what_has_no_room_goes_to_the_next_page() -> None:
    long = Told(
        Deed.SET_SPONSOR, f"distributor {'é́́́' * 24}", "", "", "w" * 40, "🧑‍🧑‍🧒‍🧒" * 30, "🧑‍🧑‍🧒‍🧒" * 60
    )
    entries = [entry(number, long) for number in range(20, 12, -1)]

    card = audit_card(page(*entries, named=NOTHING, older_than=13), EN)

    assert "20." in card.text
    shown = plain(card.text).count("· somebody")
    assert 1 < shown < 8
    [turns, *_] = card.rows
    assert [tap.data for tap in turns if isinstance(tap, Tap)] == ["audit:open", f"audit:open:{21 - shown}"]
