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
        self._template = ""

    def url(self) -> str:
        """The address of a fresh, empty database."""
        return self._create("template0")

    def migrated(self) -> str:
        """The address of a fresh database with all tables in place, copied rather than migrated each time."""
        if not self._template:
            from votek.store import Store

            made = self.url()
            with tempfile.TemporaryDirectory(prefix="votek-template-") as folder:
                store = Store(made, Path(folder))
                store.migrate()
                store.close()
            self._template = made.rpartition("/")[2]
        return self._create(self._template)

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

    def _create(self, template: str) -> str:
        name = f"test_{secrets.token_hex(6)}"
        self.administer(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self._address(name)

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
