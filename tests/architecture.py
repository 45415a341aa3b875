"""The house's own rules that no linter knows (house.md 3). Run by `make lint`."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.settings import Settings

ROOT = Path(__file__).parent.parent
MONEY = ("models/money", "models/sales", "models/plans", "models/funnel", "models/store/currency.py")
NETWORK = ("telegram", "aiohttp", "apscheduler")
MAY_USE_NETWORK = re.compile(
    r"bot/(app|chat_side|demo)\.py|bot/(gateway|sandbox|cli|doctor)/|bot/media/fetch\.py|bot/imports/replay\.py|"
    r"handlers/|jobs/"
)
GOES_OUT = {"gateway", "pictures", "studio", "courier", "bot", "client", "http"}
"""Names whose methods talk to the world or take their time."""
LONGEST_MODULE = 350


def sources(*folders: str) -> list[Path]:
    """Our own modules; migrations aside, which a tool writes."""
    found = [path for folder in folders for path in [ROOT / folder, *(ROOT / folder).rglob("*.py")]]
    return sorted(path for path in found if path.suffix == ".py" and "versions" not in path.parts)


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


EVERYWHERE = sources("bot", "handlers", "jobs", "models")


def trees(paths: list[Path]) -> Iterator[tuple[Path, ast.Module]]:
    for path in paths:
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def test_no_float_comes_near_money() -> None:
    """A literal, a call or a true division would bring one (business.md 2, defect 13)."""
    found = []
    for path, tree in trees(sources(*MONEY)):
        for node in ast.walk(tree):
            literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
            call = (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in {"float", "round"}
            )
            division = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)
            if literal or call or division:
                found.append(f"{shown(path)}:{getattr(node, 'lineno', 0)}")
    assert found == []


def _opens_transaction(node: ast.AsyncWith) -> bool:
    return any(
        isinstance(item.context_expr, ast.Call)
        and isinstance(item.context_expr.func, ast.Attribute)
        and item.context_expr.func.attr in {"write", "read"}
        for item in node.items
    )


def _names(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Attribute):
        return {node.attr} | _names(node.value)
    return {node.id} if isinstance(node, ast.Name) else set()


def outgoing_in_transactions(tree: ast.Module) -> list[int]:
    """Lines at which something goes out to the world while a transaction is open."""
    found = []
    for block in ast.walk(tree):
        if isinstance(block, ast.AsyncWith) and _opens_transaction(block):
            for node in ast.walk(block):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                    owner = _names(node.func.value)
                    if owner & GOES_OUT:
                        found.append(node.lineno)
    return found


def test_nothing_goes_out_inside_a_transaction() -> None:
    """A transaction that waits for the network holds everybody (operations.md A2)."""
    found = [
        f"{shown(path)}:{line}"
        for path, tree in trees([path for path in EVERYWHERE if "sandbox" not in path.parts])
        for line in outgoing_in_transactions(tree)
    ]
    assert found == []


def test_the_transaction_rule_sees_what_it_forbids() -> None:
    """The guard: with the protection broken, the rule above must cry."""
    broken = (
        "async def f():\n    async with store.write() as s:\n        await context.gateway.send(1, card)\n"
    )
    assert outgoing_in_transactions(ast.parse(broken)) == [3]


def test_only_the_edges_speak_to_the_world() -> None:
    found = []
    for path, tree in trees(EVERYWHERE):
        for node in ast.walk(tree):
            modules = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            if any(module.split(".")[0] in NETWORK for module in modules) and not MAY_USE_NETWORK.match(
                shown(path)
            ):
                found.append(shown(path))
    assert found == []


def test_only_settings_read_the_environment() -> None:
    found = [
        shown(path)
        for path, tree in trees(EVERYWHERE)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in {"environ", "getenv"}
        and path.name != "settings.py"
    ]
    assert found == []


def test_the_example_of_settings_is_whole() -> None:
    written = re.findall(r"^#?\s?([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert sorted(set(written)) == sorted(name.upper() for name in Settings.model_fields)


def test_models_never_commit() -> None:
    """The boundary does: one transaction an update, event or job (house.md 2)."""
    found = [
        f"{shown(path)}:{node.lineno}"
        for path, tree in trees([path for path in sources("models") if "store" not in path.parts])
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    ]
    assert found == []


@pytest.mark.parametrize("path", EVERYWHERE, ids=shown)
def test_a_module_has_one_subject(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST_MODULE
    assert not text.strip() or ast.get_docstring(ast.parse(text)), "a module says what it is"


def test_no_machine_path_and_no_index_address_is_committed() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = [ROOT / name for name in listed.splitlines() if name != "tests/architecture.py"]
    bad = re.compile(r"(--(extra-)?index-url|https?://[^\s\"']*/simple/|/root/|/home/\w+/|\.pyenv)")
    found = []
    for path in paths:
        if path.suffix in {".ttf", ".otf", ".jpg", ".png", ".xz", ".ico"} or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        found += [f"{shown(path)}: {match.group()}" for match in bad.finditer(text)]
    assert found == []
