"""A throwaway PostgreSQL cluster in a folder of its own, for tests."""

import glob
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

INSTALL = "PostgreSQL's server programs were not found. Run tests/install_database.sh, or put initdb on the PATH."
START_SECONDS = 60.0


def programs() -> Path:
    """The folder of `initdb` and `postgres`.

    Raises:
        RuntimeError: PostgreSQL is not installed.
    """
    found = [Path(path) for path in glob.glob("/usr/lib/postgresql/*/bin")]
    found += [Path(path) for path in glob.glob("/opt/homebrew/opt/postgresql@*/bin")]
    config = shutil.which("pg_config")
    if config:
        shown = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=True)
        found.append(Path(shown.stdout.strip()))
    initdb = shutil.which("initdb")
    if initdb:
        found.append(Path(initdb).parent)
    usable = [folder for folder in found if (folder / "initdb").exists() and (folder / "postgres").exists()]
    if not usable:
        raise RuntimeError(INSTALL)
    return max(usable, key=_version)


def _version(folder: Path) -> int:
    numbers = [int(part) for part in "".join(c if c.isdigit() else " " for c in str(folder)).split()]
    return max(numbers, default=0)


class Postgres:
    """A server that starts when it is first asked for a database and ends with `stop`.

    durable: whether a commit reaches the disk itself. Without it a commit survives every kill of the server
    all the same (the kernel holds it), only not a power cut, and tests are much faster.
    """

    def __init__(self, *, durable: bool = False) -> None:
        self.durable = durable
        self.port = 0
        self._folder: Path | None = None
        self._server: subprocess.Popen[bytes] | None = None
        self._spare: list[str] = []

    def url(self) -> str:
        """The address of a fresh, empty database."""
        name = f"test_{secrets.token_hex(6)}"
        self.administer(f'CREATE DATABASE "{name}" TEMPLATE template0')
        return self._address(name)

    @contextmanager
    def migrated(self) -> Iterator[str]:
        """The address of a database with all tables, and no rows in them.

        One that is given back is emptied and lent again: that takes a hundredth of the time of making another.
        """
        url = self._spare.pop() if self._spare else self._migrate()
        yield url
        if self._server is not None and self._empty(url):
            self._spare.append(url)
        else:
            self.drop(url)

    def _migrate(self) -> str:
        from votek.store import Store

        url = self.url()
        with tempfile.TemporaryDirectory(prefix="votek-folder-") as folder:
            store = Store(url, Path(folder))
            store.migrate()
            store.close()
        return url

    def _empty(self, url: str) -> bool:
        """Take all rows out; whether the tables are still those of the newest version."""
        import psycopg

        from votek.store.migrations import VERSIONS

        name = url.rpartition("/")[2]
        self.administer(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        with psycopg.connect(self._address(name, driver=False)) as connection:
            tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            if connection.execute("SELECT version_num FROM alembic_version").fetchall() != [(VERSIONS[-1],)]:
                return False
            for table in sorted(name for (name,) in tables if name != "alembic_version"):
                connection.execute(f'DELETE FROM "{table}"')
        return True

    def drop(self, url: str) -> None:
        """Remove a database that is no longer needed, even if connections to it are still open."""
        if self._server is not None:
            self.administer(f'DROP DATABASE IF EXISTS "{url.rpartition("/")[2]}" WITH (FORCE)')

    def kill(self) -> None:
        """End the server and all its processes at once, as a crash would."""
        assert self._server is not None, "the server was never started"
        family = [self._server.pid, *(child.pid for child in psutil.Process(self._server.pid).children(recursive=True))]
        for pid in family:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self._server.wait()
        self._server = None
        psutil.wait_procs([psutil.Process(pid) for pid in family if psutil.pid_exists(pid)], timeout=10)

    def restart(self) -> None:
        """Start again on the same port with the same databases; a running server is stopped in good order first."""
        self._end(signal.SIGINT)
        self._run()

    def stop(self) -> None:
        """End the server and remove its folder."""
        self._end(signal.SIGINT)
        if self._folder is not None:
            shutil.rmtree(self._folder)
            self._folder = None

    def administer(self, statement: str) -> list[tuple]:
        """Run one statement as the cluster's owner, outside any transaction; gives the rows, if any."""
        import psycopg

        self._start()
        with psycopg.connect(self._address("postgres", driver=False), autocommit=True) as connection:
            ran = connection.execute(statement)
            return ran.fetchall() if ran.description else []

    # ------------------------------------------------------------ the server

    def _address(self, name: str, *, driver: bool = True) -> str:
        return f"postgresql{'+psycopg' if driver else ''}://votek@127.0.0.1:{self.port}/{name}"

    def _start(self) -> None:
        if self._server is not None:
            return
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="votek-postgres-"))
            if os.getuid() == 0:
                shutil.chown(self._folder, *_other_user())
            data = ["--pgdata", str(self._folder / "data"), "--username", "votek", "--auth", "trust"]
            self._call([*data, "--encoding", "UTF8", "--locale", "C", "--no-sync", "--no-instructions"])
            self.port = _free_port()
        self._run()

    def _call(self, options: list[str]) -> None:
        made = subprocess.run(
            [str(programs() / "initdb"), *options], cwd=self._folder, capture_output=True, text=True, **_as_other_user()
        )
        if made.returncode != 0:
            raise RuntimeError(f"initdb failed:\n{made.stdout}\n{made.stderr}")

    def _run(self) -> None:
        folder = self._folder
        assert folder is not None, "the cluster was never made"
        settings = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": folder,
            "fsync": "on" if self.durable else "off",
            "full_page_writes": "on" if self.durable else "off",
            "shared_buffers": "32MB",
            "max_connections": 100,
            "max_wal_size": "256MB",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self._wait_for_port_to_be_free()
        with (folder / "log").open("ab") as log:
            self._server = subprocess.Popen(
                [str(programs() / "postgres"), "-D", str(folder / "data"), *options],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal must reach pytest alone
                **_as_other_user(),
            )
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        import psycopg

        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg.connect(self._address("postgres", driver=False), connect_timeout=5).close()
                return
            except psycopg.OperationalError as error:
                gone = self._server is None or self._server.poll() is not None
                if gone or time.monotonic() > deadline:
                    assert self._folder is not None
                    raise RuntimeError(f"PostgreSQL did not start:\n{(self._folder / 'log').read_text()}") from error
            time.sleep(0.05)

    def _wait_for_port_to_be_free(self) -> None:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", self.port))
                    return
                except OSError:
                    time.sleep(0.05)

    def _end(self, how: signal.Signals) -> None:
        if self._server is None:
            return
        self._server.send_signal(how)
        try:
            self._server.wait(30)
            self._server = None
        except subprocess.TimeoutExpired:
            self.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _other_user() -> tuple[int, int]:
    """Who runs the server when we are root, which PostgreSQL refuses: initdb wants a user that has a name."""
    import pwd

    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return found.pw_uid, found.pw_gid
    raise RuntimeError("PostgreSQL refuses to run as root, and there is no user postgres or nobody to run it as.")


def _as_other_user() -> dict:
    if os.getuid() != 0:
        return {}
    user, group = _other_user()
    return {"user": user, "group": group, "extra_groups": [], "env": {**os.environ, "HOME": "/"}}
