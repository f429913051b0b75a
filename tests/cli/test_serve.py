"""`votek app`: refuses what is unsafe, starts everything, and leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from votek.cli.serve import check_port, lock_data_folder
from votek.errors import AlreadyRunningError, InputError, StorageError

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_taken_port_is_named() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(InputError, match=f"Port {port} .* VOTEK_PORT"):
            check_port("127.0.0.1", port)


def test_a_second_server_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    lock = lock_data_folder(tmp_path)
    script = (
        "import sys; from pathlib import Path; from votek.cli.serve import lock_data_folder\n"
        "lock_data_folder(Path(sys.argv[1]))"
    )
    second = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, cwd=ROOT)
    assert AlreadyRunningError.__name__ in second.stderr
    assert str(tmp_path) in second.stderr
    lock.release()
    third = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, cwd=ROOT)
    assert third.returncode == 0, third.stderr


def test_an_unwritable_data_folder_is_a_clear_error(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(StorageError, match="VOTEK_DATA"):
        lock_data_folder(blocked / "inside")


@contextmanager
def started(data: Path) -> Iterator[subprocess.Popen[str]]:
    port = free_port()
    environment = {**os.environ, "VOTEK_DATA": str(data), "VOTEK_PORT": str(port), "PYTHONUNBUFFERED": "1"}
    server = subprocess.Popen(
        [sys.executable, "-m", "votek.cli", "app", "--no-sample"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    with server:
        yield server
        if server.poll() is None:
            server.terminate()


def wait_for_address(server: subprocess.Popen[str]) -> str:
    assert server.stdout is not None
    for line in server.stdout:
        if "votek is ready" in line:
            return line.split()[-1]
    raise AssertionError(f"the server ended with exit code {server.wait()}")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_starts_everything_and_stops_all_of_it(tmp_path: Path, how: signal.Signals) -> None:
    with started(tmp_path / "data") as server:
        address = wait_for_address(server)
        with urllib.request.urlopen(f"{address}/api/health", timeout=10) as answer:
            assert answer.status == 200
        children = psutil.Process(server.pid).children(recursive=True)
        commands = [" ".join(child.cmdline()) for child in children]
        assert any("streamlit" in command for command in commands)
        assert any("worker" in command for command in commands)
        server.send_signal(how)
        assert server.wait(timeout=20) == 0
        _, alive = psutil.wait_procs(children, timeout=5)
        assert alive == []
    assert (tmp_path / "data" / "votek.db").exists()


def test_a_killed_worker_is_started_again_and_ends_with_its_launcher(tmp_path: Path) -> None:
    with started(tmp_path / "data") as server:
        wait_for_address(server)
        launcher = psutil.Process(server.pid)

        def workers() -> list[int]:
            alive = [child for child in launcher.children() if child.status() != psutil.STATUS_ZOMBIE]
            return [child.pid for child in alive if "worker" in child.cmdline()]

        first = workers()[0]
        os.kill(first, signal.SIGKILL)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and workers() in ([], [first]):
            time.sleep(0.1)
        assert workers() not in ([], [first])
        children = launcher.children()
        server.kill()  # no chance to stop its children
        server.wait()
        _, alive = psutil.wait_procs(children, timeout=15)
        for child in alive:
            child.kill()
        assert alive == []
