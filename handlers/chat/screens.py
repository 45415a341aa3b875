"""Which words, buttons and answers lead to which screen: the tables, and what is said to all else."""

from __future__ import annotations

from functools import partial

from bot.cards.answers import not_understood_card
from bot.cards.card import Toast
from bot.voice.languages import Language
from handlers.chat import (
    asking,
    audit,
    caption_desk,
    captions,
    cases,
    claim_desk,
    claims,
    distributors,
    earning,
    export,
    goods,
    home,
    joining,
    levels,
    links,
    managing,
    own_data,
    payout_accounts,
    payout_batches,
    payouts,
    plan_desk,
    plan_drafts,
    plan_rules,
    posters,
    product_desk,
    rehearsing,
    reviews,
    settings,
    settlement,
    staff,
    statements,
    teams,
    terms,
    trend,
    withdrawals,
)
from handlers.chat.visit import Answer, Screen, Visit

COMMANDS: dict[str, Screen] = {
    "start": joining.start,
    "manage": managing.show,
    "goods": goods.first_page,
    "earn": earning.show,
    "links": links.show,
    "settings": settings.show,
    "help": settings.show_help,
}
TAPS: dict[str, Screen] = {
    "home:open": home.show,
    "share:open": home.share,
    "shop:list": home.switcher,
    "shop:enter": home.enter,
    "join:see": joining.see,
    "join:yes": joining.accept,
    **{f"join:{language}": partial(joining.see_in, language=language) for language in Language},
    "goods:open": goods.first_page,
    "goods:after": goods.page_after,
    "goods:all": goods.show_all,
    "goods:hot": goods.show_hot,
    "goods:new": goods.show_new,
    "goods:like": goods.show_like,
    "goods:kinds": goods.show_kinds,
    "goods:ask": goods.ask_words,
    "goods:found": goods.show_found,
    "goods:show": goods.show,
    "goods:poster": posters.make,
    "poster:make": posters.make_like,
    "poster:name": posters.show_name,
    "caption:show": captions.show,
    "link:open": links.show,
    "link:after": links.show_after,
    "link:of": links.show_of_product,
    "link:channels": links.show_channels,
    "link:show": links.show_one,
    "link:new": links.make_another,
    "link:rename": links.ask_name,
    "link:pause": links.pause,
    "link:resume": links.resume,
    "earn:open": earning.show,
    "earn:of": earning.show_of,
    "withdraw:open": withdrawals.show,
    "withdraw:of": withdrawals.show_of,
    "withdraw:ask": withdrawals.ask,
    "withdraw:see": withdrawals.see,
    "withdraw:yes": withdrawals.confirm,
    "withdraw:show": withdrawals.show_one,
    "withdraw:list": withdrawals.show_mine,
    "withdraw:inbox": payouts.show_inbox,
    "account:open": payout_accounts.show,
    "account:ask": payout_accounts.ask,
    "payout:show": payouts.show,
    "payout:approve": payouts.agree,
    "payout:undo": payouts.undo,
    "payout:refuse": payouts.ask_refusal,
    "payout:refused": payouts.refused,
    "payout:claim": payouts.take,
    "payout:account": payouts.show_account,
    "payout:ask": payouts.ask_reference,
    "payout:paid": payouts.paid,
    "payout:fail": payouts.ask_failure,
    "payout:failed": payouts.failed,
    "payout:batch": payout_batches.ask,
    "payout:make": payout_batches.make,
    "payout:file": payout_batches.make_again,
    "level:open": levels.show,
    "level:of": levels.show_of,
    "team:open": teams.show,
    "team:after": teams.show_after,
    "team:remind": teams.send_reminder,
    "plan:rules": plan_rules.show,
    "terms:show": terms.show,
    "terms:all": terms.show_all,
    "terms:read": terms.read,
    "trend:show": trend.show_trend,
    "statement:open": statements.show,
    "statement:of": statements.show_of,
    "statement:month": statements.show_month,
    "statement:pick": statements.pick,
    "statement:file": statements.make_file,
    "export:open": export.show,
    "export:make": export.make,
    "order:show": earning.show_order,
    "bonus:show": earning.show_bonus,
    "ask:open": asking.show,
    "claim:new": claims.begin,
    "claim:about": claims.begin_about,
    "claim:mine": claims.show_mine,
    "claim:show": claims.show_one,
    "claim:drop": claims.withdraw,
    "claim:picture": claims.ask_picture,
    "claim:inbox": claim_desk.inbox,
    "claim:open": claim_desk.show,
    "claim:grant": claim_desk.give,
    "claim:amount": claim_desk.ask_amount,
    "claim:refuse": claim_desk.turn_down,
    "claim:reason": claim_desk.ask_reason,
    "claim:undo": claim_desk.take_back,
    "claim:proof": claim_desk.show_proof,
    "data:open": own_data.show,
    "data:export": own_data.export,
    "data:delete": own_data.confirm,
    "data:erase": own_data.delete,
    "settings:open": settings.show,
    "settings:language": settings.speak,
    "settings:topics": settings.show_topics,
    "settings:mute": settings.turn_topic,
    "settings:quiet": settings.show_quiet,
    "settings:hush": settings.choose_quiet,
    "settings:zone": settings.show_zone,
    "settings:live": settings.choose_zone,
    "settings:name": settings.choose_name_shown,
    "topic:mute": settings.mute_topic,
    "help:open": settings.show_help,
    "manage:open": managing.show,
    "manage:shops": managing.show_shops,
    "manage:enter": managing.enter,
    "manage:goods": managing.show_goods,
    "manage:find": managing.ask_words,
    "manage:add": product_desk.ask_sku,
    "manage:switch": managing.switch,
    "manage:looks": managing.show_templates,
    "manage:drop": managing.drop_template,
    "inbox:open": managing.show_inbox,
    "staff:list": staff.show,
    "staff:of": staff.show_of,
    "staff:roles": staff.show_roles,
    "staff:show": staff.show_member,
    "staff:role": staff.confirm_role,
    "staff:give": staff.give_role,
    "staff:drop": staff.confirm_removal,
    "staff:remove": staff.remove,
    "staff:invite": staff.choose_role,
    "staff:link": staff.invite,
    "staff:open": staff.show_open,
    "staff:revoke": staff.revoke,
    "distributor:find": distributors.ask_words,
    "distributor:show": distributors.show,
    "distributor:levels": distributors.show_levels,
    "distributor:level": distributors.confirm_level,
    "distributor:give": distributors.give,
    "distributor:profiles": distributors.show_profiles,
    "distributor:profile": distributors.confirm_profile,
    "distributor:agree": distributors.agree,
    "distributor:above": distributors.ask_sponsor,
    "distributor:sponsor": distributors.confirm_sponsor,
    "distributor:attach": distributors.attach,
    "audit:open": audit.show,
    "plan:rehearse": rehearsing.choose_plan,
    "plan:span": rehearsing.choose_span,
    "plan:play": rehearsing.play,
    "plan:desk": plan_desk.show,
    "plan:versions": plan_desk.show_versions,
    "plan:show": plan_desk.show_version,
    "plan:readers": plan_desk.show_readers,
    "plan:presets": plan_desk.show_presets,
    "plan:preset": plan_drafts.choose_preset,
    "plan:send": plan_drafts.ask_file,
    "plan:draft": plan_drafts.show_draft,
    "plan:all": plan_drafts.show_changes,
    "plan:look": plan_drafts.look,
    "plan:accept": plan_drafts.accept,
    "plan:confirm": plan_drafts.confirm,
    "plan:publish": plan_drafts.publish,
    "settlement:open": settlement.show,
    "product:show": product_desk.show,
    "product:ask": product_desk.ask,
    "product:sale": product_desk.toggle_sale,
    "product:words": caption_desk.show,
    "product:write": caption_desk.ask,
    "case:inbox": cases.show_inbox,
    "case:of": cases.show_inbox_of,
    "case:show": cases.show,
    "case:do": cases.do,
    "case:undo": cases.take_back,
    "case:mine": reviews.show,
    "case:appeal": reviews.ask,
}
"""By `noun:verb` of a button; what follows names the subject."""
WHOLE_NOUNS: dict[str, Screen] = {"entries": earning.show_entries, "why": earning.show_why}
"""Nouns whose buttons carry two things, a filter or a page, and where."""
ANSWERS: dict[str, Screen] = {
    "ask:number": asking.take_number,
    "claim:write": claims.write,
    "claim:picture": claims.take_picture,
    "claim:sum": claim_desk.take_amount,
    "claim:why": claim_desk.take_reason,
    "goods:find": goods.found,
    "link:name": links.rename,
    withdrawals.QUESTION: withdrawals.type_amount,
    "account:set": payout_accounts.keep,
    payouts.REFERENCE_QUESTION: payouts.paid,
    payouts.REFUSAL_QUESTION: payouts.refused,
    payouts.FAILURE_QUESTION: payouts.failed,
    "settings:zone": settings.type_zone,
    "manage:find": managing.found,
    "manage:sku": product_desk.add,
    "manage:template": managing.take_template,
    distributors.FIND_QUESTION: distributors.found,
    "distributor:above": distributors.name_sponsor,
    rehearsing.FILE_QUESTION: rehearsing.take_file,
    "plan:file": plan_drafts.take,
    "product:set": product_desk.set_field,
    "product:picture": product_desk.set_picture,
    "product:caption": caption_desk.write,
    "case:appeal": reviews.write,
}
"""By the question (`noun:verb`) that a text or an upload answers."""


WRITING: frozenset[Screen] = frozenset(
    {
        home.share,
        home.enter,
        joining.accept,
        goods.show,
        goods.found,
        goods.ask_words,
        posters.make,
        posters.make_like,
        captions.show,
        links.make_another,
        links.ask_name,
        links.rename,
        links.pause,
        links.resume,
        withdrawals.ask,
        withdrawals.confirm,
        payout_accounts.ask,
        payout_accounts.keep,
        payouts.agree,
        payouts.undo,
        payouts.ask_refusal,
        payouts.refused,
        payouts.take,
        payouts.show_account,
        payouts.ask_reference,
        payouts.paid,
        payouts.ask_failure,
        payouts.failed,
        settings.speak,
        settings.turn_topic,
        settings.choose_quiet,
        settings.choose_name_shown,
        product_desk.set_field,
        cases.do,
        cases.take_back,
        reviews.write,
        teams.send_reminder,
        terms.read,
        plan_drafts.take,
        plan_drafts.choose_preset,
        plan_drafts.publish,
    }
)
"""Screens that write whatever they are asked: to try them in a session that can only read would be in vain.
A screen that writes and is missing here works as well, only later by a millisecond."""


def command(word: str) -> Screen:
    """The screen of a command, known or not."""
    return COMMANDS.get(word, not_understood)


def screen_of(data: str) -> tuple[Screen, str]:
    """A button's screen and its subject; `outgrown` for one that leads nowhere any more."""
    noun, _, rest = data.partition(":")
    if noun in WHOLE_NOUNS:
        return WHOLE_NOUNS[noun], rest
    verb, _, subject = rest.partition(":")
    return TAPS.get(f"{noun}:{verb}", outgrown), subject


def is_question(question: str | None) -> bool:
    """Whether this is a question that a text answers."""
    return question is not None and ":".join(question.split(":")[:2]) in ANSWERS


async def typed(visit: Visit) -> Answer:
    """What somebody sent unasked: the number of an order of theirs, or something of their shop's."""
    if visit.upload is not None:
        return await managing.unasked(visit)
    return await earning.ask(visit)


async def not_understood(visit: Visit) -> Answer:
    """A kind word."""
    return Answer(not_understood_card(visit.voice))


async def outgrown(visit: Visit) -> Answer:
    """A button that no screen has any more: say so and go home."""
    shown = await home.show(visit)
    return Answer(shown.card, Toast(visit.voice.plain("That button has grown old. Here is home.")))
