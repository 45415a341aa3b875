"""No secret comes out of the doctor, wherever it came from."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from bot.doctor.check import Group, Subject
from bot.doctor.mask import Mask
from bot.settings import Settings
from tests.bot.doctor.stand_ins import TOKEN, Refusal, chat_server
from tests.bot.doctor.ward import Ward

SETTINGS = Settings(
    _env_file=None,
    bot_token=SecretStr(TOKEN),
    database_url="postgresql://shop:p%40ss%2Fword@db.example/tuike?sslpassword=keyword1",
    public_url="https://door:bolted8@go.shop.example",
    telegram_api_url="https://own:hidden77@api.shop.example",
)
SECRETS = (
    *(TOKEN, TOKEN.partition(":")[2], "p%40ss%2Fword", "p@ss/word", "keyword1", "bolted8", "hidden77"),
    *(
        "whsec_c2VjcmV0c2VjcmV0",
        "tk_abcdefghijklmnopqrstuvwxyz",
        "700000001:AAotherOTHERotherOTHERotherOTHER",
    ),
)


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_in_a_sentence_is_hidden(secret: str) -> None:
    check = Subject(Group.CHAT, "token").failed(f"It said {secret}, twice {secret}.", f"Look at {secret}")

    shown = Mask(SETTINGS).over(check).model_dump_json()

    assert secret not in shown
    assert "It said ***, twice ***." in shown


@pytest.mark.parametrize("secret", SECRETS[:7])
def test_a_secret_of_these_settings_is_hidden_in_any_case(secret: str) -> None:
    assert Mask(SETTINGS).hide(f"said {secret.lower()}") == "said ***"


def test_a_login_in_any_address_is_hidden() -> None:
    hide = Mask(Settings(_env_file=None)).hide

    assert hide("at postgresql://me:pw@db.example/x.") == "at postgresql://***@db.example/x."
    assert hide("at https://go.shop.example/a@b.") == "at https://go.shop.example/a@b."


def test_ordinary_words_stay() -> None:
    plain = Settings(_env_file=None, database_url="postgresql://tuike:tuike@db.example/tuike")

    assert Mask(plain).hide("Run `tuike migrate`.") == "Run `tuike migrate`."


async def test_a_server_that_repeats_the_token_in_its_refusal(ward: Ward) -> None:
    """Given a chat server whose words carry what it was asked with, they come out without it."""
    talkative = Refusal(400, f"Bad Request: /bot{TOKEN}/getChat")
    async with chat_server(getWebhookInfo=talkative, getChat=talkative, getMyCommands=talkative) as server:
        seen = await ward.examine(server, storage_chat="-1001")

    told = "".join(check.model_dump_json() for check in seen.checks)
    assert told.count("/bot***/getchat") == 3
    assert "standin" not in told.lower()
