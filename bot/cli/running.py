"""Starting the product: for real, or to try it out."""
# ruff: noqa: PLC0415 - imports stand inside commands, so that --help is fast

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import AsJson, example
from bot.cli.printing import print_facts

if TYPE_CHECKING:
    from bot.app import Role
    from bot.demo import DemoReady

RUN_EXAMPLE = example("tuike run", "DATABASE_URL=postgresql://localhost/tuike tuike run --roles web,worker")
DEMO_EXAMPLE = example("tuike demo", "tuike demo --port 8080 --data demo-data --no-browser --json")


DEMO_DATA = Path("demo-data")


def run(
    *,
    roles: Annotated[
        str,
        typer.Option(help="What this process does: web, chat and worker, with commas. web needs no token."),
    ] = "web,chat,worker",
) -> None:
    """Run the product with the settings of the environment and .env, until it is stopped."""
    from bot import app
    from bot.cli.opening import begin, finish

    finish(app.run(begin(), chosen_roles(roles)))


def chosen_roles(text: str) -> frozenset[Role]:
    """The roles in a list with commas. Raises BadParameter with the roles there are."""
    from bot.app import Role

    names = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in set(Role)]
    if unknown or not names:
        wrong = f"There is no role {unknown[0]!r}" if unknown else "No role is named"
        raise typer.BadParameter(f"{wrong}; write some of {','.join(Role)}.", param_hint="--roles")
    return frozenset(Role(name) for name in names)


def demo(
    *,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="The web side's port; 0 takes a free one.")
    ] = None,
    data: Annotated[Path | None, typer.Option(metavar="DIR", help="Where the demo keeps its data.")] = None,
    chat_port: Annotated[int | None, typer.Option(min=0, max=65535, help="The chat page's port.")] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Open no browser.")] = False,
    as_json: AsJson = False,
) -> None:
    """Run everything without a token: a chat page in the browser, a demo shop and weeks of history."""
    from bot.cli.opening import begin, finish
    from bot.demo import run_demo

    # The demo is a world of its own: what .env says of a real shop stays out of it.
    settings = begin(http_port=port, data_dir=data or DEMO_DATA, _env_file=())
    ready = print_ready_json if as_json else print_ready
    finish(run_demo(settings, chat_port=chat_port, open_browser=not no_browser, ready=ready))


def print_ready_json(ready: DemoReady) -> None:
    """One line for scripts."""
    typer.echo(ready.model_dump_json())


def print_ready(ready: DemoReady) -> None:
    """What a person needs to look at."""
    print_facts(
        "The demo runs. Ctrl+C stops it; its data stays.",
        [
            ("chat page, start here", ready.chat_url),
            ("demo shop", f"{ready.chat_url}shop/"),
            ("links and API", ready.url),
            ("merchant", ready.merchant_id),
        ],
    )
