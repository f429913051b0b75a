"""What several classes of attack are tried against: a data folder, accounts that are on, and a listening server."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from votek.settings import Settings
from votek.workspace import Workspace


@pytest.fixture(autouse=True)
def surroundings(tmp_path, monkeypatch):
    """A data folder of its own and no accounts, whatever this machine has."""
    monkeypatch.setenv("VOTEK_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("STREAMLIT_SECRETS_FILES", str(tmp_path / "no-secrets.toml"))
    monkeypatch.delenv("VOTEK_DATABASE_URL", raising=False)


@pytest.fixture
def space(tmp_path, surroundings):
    """A workspace of its own."""
    opened = Workspace.open(Settings(data=tmp_path / "data", model="votek-hash"))
    yield opened
    opened.close()


@pytest.fixture
def accounts(tmp_path, surroundings, monkeypatch):
    """Accounts are on, as a server's secrets file turns them on."""
    path = tmp_path / "secrets.toml"
    path.write_text(
        f'[auth]\nredirect_uri = "http://127.0.0.1:1/oauth2callback"\ncookie_secret = "{"c" * 40}"\n'
        'client_id = "votek"\nclient_secret = "given-by-the-provider"\n'
        'server_metadata_url = "http://127.0.0.1:1/.well-known/openid-configuration"\n'
    )
    monkeypatch.setenv("STREAMLIT_SECRETS_FILES", str(path))


class Listening:
    """An HTTP server that notes what reaches it and answers as an endpoint does, or with a redirect."""

    def __init__(self):
        self.heard = []
        self.location = None
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers.get("content-length", 0)))
                outer.heard.append((self.path, self.headers.get("host"), self.headers.get("authorization")))
                self.send_response(307 if outer.location else 200)
                if outer.location:
                    self.send_header("location", outer.location)
                choice = {"index": 0, "message": {"role": "assistant", "content": "yes"}, "finish_reason": "stop"}
                body = json.dumps({"id": "c", "object": "chat.completion", "choices": [choice]}).encode()
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self):
        """Stop listening."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)


@pytest.fixture
def listen():
    """`listen()`: another such server."""
    made = []

    def start():
        made.append(Listening())
        return made[-1]

    yield start
    for one in made:
        one.close()
