"""The chat page in the browser: one page and its few files, nothing from elsewhere."""

from __future__ import annotations

import json
import mimetypes
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template

from aiohttp import web

from bot.sandbox.languages import Ribbon, language_of
from bot.sandbox.shop.mount import ShopMount

FOLDER = Path(__file__).parent / "page"
FONTS = Path(__file__).parents[1] / "media" / "fonts"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob: http: https:; "
    "connect-src 'self'; font-src 'self'; frame-src http: https:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
"""Pictures may come from elsewhere, for a bot names thumbnails by address; frames are its Mini Apps."""
LETTERS = {
    "letters.otf": FONTS / "NotoSansSC-Regular.otf",
    "letters-bold.otf": FONTS / "NotoSansSC-Bold.otf",
}
"""The posters' own letters, for a browser on a machine without a Chinese font."""
TITLES = {"en": "Chat sandbox", "zh": "聊天沙盒"}
PEOPLE = {"en": "People", "zh": "人物"}
NO_SCRIPT = {"en": "The chat needs JavaScript.", "zh": "聊天页面需要启用 JavaScript。"}


@dataclass(frozen=True, slots=True)
class ChatPage:
    """Serves `/` and `/page/…`."""

    bot_username: str
    ribbon: Ribbon | None
    shop: ShopMount

    def add_to(self, app: web.Application) -> None:
        """Add the routes."""
        app.router.add_get("/", self.page)
        app.router.add_get("/page/{name}", self.asset)

    async def page(self, request: web.Request) -> web.Response:
        """The page in the reader's language."""
        language = language_of(request)
        settings = {"lang": language, "bot": self.bot_username, "shop": self.shop.is_open}
        ribbon = f'<div class="ribbon">{escape(self.ribbon.text(language))}</div>' if self.ribbon else ""
        html = Template((FOLDER / "index.html").read_text("utf-8")).substitute(
            lang="zh-CN" if language == "zh" else "en",
            title=TITLES[language],
            people=PEOPLE[language],
            noscript=NO_SCRIPT[language],
            ribbon=ribbon,
            settings=json.dumps(settings).replace("<", "\\u003c"),
        )
        headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"}
        return web.Response(text=html, content_type="text/html", headers=headers)

    async def asset(self, request: web.Request) -> web.Response:
        """A script, style sheet or picture of the page."""
        files = {path.name: path for path in FOLDER.iterdir()} | LETTERS
        found = files.get(request.match_info["name"])
        if found is None:
            raise web.HTTPNotFound
        content_type = mimetypes.guess_type(found.name)[0] or "application/octet-stream"
        return web.Response(
            body=found.read_bytes(), content_type=content_type, headers={"Cache-Control": "no-cache"}
        )
