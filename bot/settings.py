"""The only reader of the environment; mirrors `.env.example`. An empty setting is an unset one."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from models.errors import Invalid
from models.store.sealing import Seal, seal_of

TELEGRAM = "https://api.telegram.org"


class UpdateMode(StrEnum):
    """How chat updates reach us: asked for (polling), or sent to PUBLIC_URL (webhook)."""

    POLLING = "polling"
    WEBHOOK = "webhook"


class Settings(BaseSettings):
    """What an operator may set. Nothing is required."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True)

    bot_token: SecretStr | None = None
    telegram_api_url: str = TELEGRAM
    update_mode: UpdateMode = UpdateMode.POLLING
    storage_chat: Annotated[str | None, Field(pattern=r"^(-?\d+|@\w{4,32})$")] = None
    database_url: str | None = None
    data_dir: Path = Path("data")
    http_host: str = "127.0.0.1"
    http_port: Annotated[int, Field(ge=0, le=65535)] = 8080
    public_url: str | None = None
    log_level: Annotated[str, Field(pattern="^(debug|info|warning|error)$")] = "info"
    font_path: Path | None = None
    payout_key: SecretStr | None = None

    @property
    def store_url(self) -> str:
        """DATABASE_URL, or an SQLite file in the data folder."""
        return self.database_url or f"sqlite:///{self.data_dir / 'tuike.db'}"

    @property
    def seal(self) -> Seal:
        """What payout accounts are encrypted with: PAYOUT_KEY, or a key file in the data folder. Raises Invalid."""
        key = self.payout_key.get_secret_value() if self.payout_key is not None else None
        return seal_of(key, self.data_dir)

    @property
    def address(self) -> str:
        """The public address without a slash at its end; our own where none is set."""
        return (self.public_url or f"http://{self.http_host}:{self.http_port}").rstrip("/")


def read_settings(**chosen: object) -> Settings:
    """Settings of the environment and `.env`, with what the command line chose before them. Raises Invalid."""
    given = {key: value for key, value in chosen.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]  # checked by pydantic
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        raise Invalid(f"The setting {name} is wrong: {first['msg']}.") from error
