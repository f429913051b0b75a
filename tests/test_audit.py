"""`make audit` asks for every package that ships, fails on what is known, and says when it could not ask."""

import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.audit import ROOT, installed, named
from tests.audit import audit as audited


@pytest.fixture
def service():
    """`service.known`: package -> vulnerability; `service.asked`: the packages; `service.status`: of its answers."""

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self):
            query = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            name = query["package"]["name"]
            self.server.asked[name] = query["version"]
            fault = self.server.known.get(name)
            package = {"name": name, "ecosystem": "PyPI"}
            ranges = [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "999"}]}]
            affected = [{"package": package, "ranges": ranges}]
            given = {
                "id": fault,
                "summary": "s",
                "aliases": [],
                "affected": affected,
                "published": "2026-01-01T00:00:00Z",
            }
            body = json.dumps({"vulns": [given]} if fault else {}).encode()
            self.send_response(self.server.status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.known, server.asked, server.status = {}, {}, 200
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def audit(port: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "tests" / "audit.py"), "--vulnerability-service", "osv", "--timeout", "5"]
    return subprocess.run(
        [*command, "--osv-url", f"http://127.0.0.1:{port}/"], capture_output=True, text=True, cwd=ROOT, timeout=120
    )


def test_every_package_that_ships_is_asked_for_and_none_is_known(service):
    done = audit(service.server_port)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith(f"{len(service.asked)} packages checked, 0 known vulnerabilities.\n")
    asked = {name.lower().replace("_", "-") for name in service.asked}
    shipped = [r.name.lower() for r in named([ROOT / "requirements.txt", ROOT / "requirements-postgres.txt"])]
    assert set(shipped) <= asked
    assert {"psycopg-binary", "tornado", "urllib3"} & asked  # and what those need in turn
    assert not {"pytest", "ruff"} & asked
    assert "+" not in "".join(service.asked.values())


def test_what_is_known_is_named_and_fails(service):
    service.known["itsdangerous"] = "PYSEC-2026-1"
    done = audit(service.server_port)
    assert done.returncode == 1
    assert "itsdangerous 2.2.0: PYSEC-2026-1, mended in 999" in done.stdout
    assert "1 known vulnerabilities" in done.stdout


@pytest.mark.parametrize("down", ["nobody listens", "answers with an error"])
def test_without_the_service_it_says_not_checked_and_does_not_fail(service, down):
    service.status = 503
    done = audit(1 if down == "nobody listens" else service.server_port)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("not checked: offline")
    assert "known vulnerabilities" not in done.stdout


def test_a_report_that_knows_no_package_is_no_clean_bill(monkeypatch, capsys):
    def as_a_mirror_answers(command, **_):
        report = Path(command[command.index("--output") + 1])
        report.write_text(json.dumps({"dependencies": [{"name": "numpy", "skip_reason": "not found"}]}))
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(subprocess, "run", as_a_mirror_answers)
    assert audited({"numpy": "2.0"}, []) == 0
    assert capsys.readouterr().out.startswith("not checked: offline")


def test_another_failure_is_not_taken_for_a_missing_network(capsys):
    assert audited({"numpy": "2.0"}, ["--no-such-option"]) == 1
    assert "no-such-option" in capsys.readouterr().err


def test_what_a_package_needs_is_followed_with_its_extras():
    plain, extra = installed([Requirement("psycopg")]), installed([Requirement("psycopg[binary]")])
    assert "psycopg" in plain
    assert set(extra) - set(plain) == {"psycopg-binary"}


def test_comments_and_ranges_are_read(tmp_path: Path):
    file = tmp_path / "r.txt"
    file.write_text("# nothing\n\nnumpy==2.0  # why\nfilelock>=3,<5\n")
    assert [str(requirement) for requirement in named([file])] == ["numpy==2.0", "filelock<5,>=3"]
