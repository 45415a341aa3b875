"""A PostgreSQL server for the tests, on loopback and a free port, started once per test process tree.

Order of search: TEST_POSTGRES_URL (a server that is up already), PG_BIN, Debian's binaries.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def binaries() -> Path | None:
    """The folder of initdb and pg_ctl, or None where PostgreSQL is not installed."""
    named = os.environ.get("PG_BIN")
    folders = [Path(named)] if named else sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _as_postgres(command: list[str]) -> None:
    # The server refuses to run as root; Debian's package made this user.
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    done = subprocess.run([*prefix, *command], capture_output=True, text=True, cwd="/", check=False)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr or done.stdout}")


@contextmanager
def server() -> Iterator[str | None]:
    """The URL of a running server (ending in `/`), or None where none can be had."""
    given = os.environ.get("TEST_POSTGRES_URL")
    if given:
        yield given.rsplit("/", 1)[0] + "/"
        return
    folder = binaries()
    if folder is None:
        if os.environ.get("CI"):
            raise RuntimeError("CI needs PostgreSQL's server binaries (Debian: apt-get install postgresql)")
        yield None
        return
    base = Path(tempfile.mkdtemp(prefix="tuike-pg-", dir="/tmp"))
    cluster = base / "cluster"
    if os.geteuid() == 0:
        shutil.chown(base, "postgres")
    port = free_port()
    options = (
        f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={base} -F -c full_page_writes=off "
        "-c synchronous_commit=off -c max_connections=200"
    )
    try:
        _as_postgres(
            [
                str(folder / "initdb"),
                "-D",
                str(cluster),
                "-U",
                "postgres",
                "-A",
                "trust",
                "--no-sync",
                "-E",
                "UTF8",
            ]
        )
        _as_postgres(
            [
                str(folder / "pg_ctl"),
                "-D",
                str(cluster),
                "-w",
                "-l",
                str(base / "log"),
                "-o",
                options,
                "start",
            ]
        )
        try:
            yield f"postgresql://postgres@127.0.0.1:{port}/"
        finally:
            _as_postgres([str(folder / "pg_ctl"), "-D", str(cluster), "-w", "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(base, ignore_errors=True)
