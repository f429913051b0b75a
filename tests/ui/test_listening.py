"""Without accounts no way of starting the server opens it to others."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ui.lifecycle import check_listening
from votek.errors import InputError

ROOT = Path(__file__).resolve().parents[2]


def test_the_web_framework_alone_refuses_an_open_address(tmp_path):
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.address", "0.0.0.0", "--server.port", "0"]
    environment = {
        **os.environ,
        "VOTEK_DATA": str(tmp_path / "data"),
        "STREAMLIT_SECRETS_FILES": str(tmp_path / "none"),
    }
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert "without accounts only this computer may connect" in done.stderr


@pytest.mark.parametrize(("address", "fine"), [("127.0.0.1", True), ("::1", True), ("0.0.0.0", False), (None, False)])
def test_only_this_computers_addresses_are_fine(monkeypatch, tmp_path, address, fine):
    monkeypatch.setenv("STREAMLIT_SECRETS_FILES", str(tmp_path / "none"))
    monkeypatch.setattr("ui.lifecycle.st.get_option", lambda name: {"server.address": address}[name])
    if fine:
        check_listening()
    else:
        with pytest.raises(InputError, match="only this computer may connect"):
            check_listening()


def test_other_secrets_than_the_programs_are_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("STREAMLIT_SECRETS_FILES", str(tmp_path / "none"))
    monkeypatch.setattr("ui.lifecycle.st.secrets", {"auth": {}})
    with pytest.raises(InputError, match=r"STREAMLIT_SECRETS_FILES instead of --secrets\.files"):
        check_listening()
