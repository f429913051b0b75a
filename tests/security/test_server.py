"""The server as it listens: headers on every answer, calls of other sites' pages, paths that lead elsewhere, limits."""

import json
import os
import socket
import tomllib

import httpx
import pytest

from tests.e2e.serving import ROOT, Server
from ui.labels_api import MAX_EVENTS
from ui.routes import MAX_BODY, signing_key
from votek.access import mint_token

pytestmark = pytest.mark.browser  # starts the real server, as those do

ROUTES = [
    "/",
    "/Data",
    "/Annotate?project=nothing",
    "/nowhere/at/all",
    "/api/health",
    "/api/queue",
    "/api/labels",
    "/api/nothing",
    "/_stcore/health",
    "/_stcore/host-config",
    "/static/nothing.js",
    "/media/nothing",
]


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    """A server for this module alone."""
    made = Server(tmp_path_factory.mktemp("server"), environment={"STREAMLIT_SECRETS_FILES": "/nowhere.toml"})
    made.start()
    yield made
    made.close()


@pytest.fixture(scope="module")
def project(host):
    """A project with a text to label."""
    return host.project(["a text"])


@pytest.fixture
def client(host):
    """A program that calls the server."""
    with httpx.Client(base_url=host.url, timeout=30) as made:
        yield made


def raw(host, request):
    """The answer to bytes that no client would send; up to a megabyte."""
    with socket.create_connection(("127.0.0.1", host.port), timeout=10) as line:
        line.sendall(request)
        answer = b""
        while len(answer) < 1_000_000 and (part := line.recv(65_536)):
            answer += part
            if b"101 Switching" in answer:
                break
        return answer


@pytest.mark.parametrize("path", ROUTES)
def test_every_answer_carries_the_headers(client, path):
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    for part in ("default-src 'self'", "object-src 'none'", "base-uri 'self'", "form-action 'self'"):
        assert part in policy
    assert "frame-ancestors 'self'" in policy
    assert headers["x-frame-options"] == "SAMEORIGIN"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "*" not in policy
    assert "access-control-allow-origin" not in headers
    banner = headers.get("server", "") + headers.get("x-powered-by", "")
    assert not any(sign.isdigit() for sign in banner)  # what serves is no secret, its version is nobody's business


def event(project):
    """One label as the labeler sends it."""
    about = {"task_version": project.task.version, "guideline_version": project.guidelines_version}
    return {"event_id": "e1", "item": "t0", "kind": "label", "value": "alpha", **about}


@pytest.mark.parametrize("site", ["cross-site", "same-site", "anything else"])
@pytest.mark.parametrize("path", ["/api/labels", "/api/model-key", "/api/queue"])
def test_a_page_of_another_site_gets_nothing_done_even_with_a_token(host, client, project, path, site):
    token = mint_token(signing_key(host.workspace), project=project.id, person="local")
    body = json.dumps({"token": token, "events": [event(project)]})
    headers = {"Sec-Fetch-Site": site, "Content-Type": "text/plain", "Authorization": f"Bearer {token}"}
    method = "GET" if path == "/api/queue" else "POST"
    assert client.request(method, path, content=body, headers=headers).status_code == 403
    assert host.workspace.events(project.id) == []


def test_a_form_of_another_site_carries_no_token(host, client, project):
    answer = client.post("/api/labels", data={"events": json.dumps([event(project)])})
    assert answer.status_code in (400, 401)
    assert host.workspace.events(project.id) == []


def test_a_browser_is_not_told_that_other_sites_may_call(client):
    headers = {
        "Origin": "https://evil.invalid",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type,authorization",
    }
    for path in ("/api/labels", "/api/model-key", "/_stcore/upload_file/a/b"):
        answer = client.options(path, headers=headers)
        assert answer.headers.get("access-control-allow-origin") not in ("*", "https://evil.invalid")


def upgrade(host, origin):
    """The first line that answers a request for the pages' connection."""
    request = (
        f"GET /_stcore/stream HTTP/1.1\r\nHost: 127.0.0.1:{host.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: {origin}\r\n\r\n"
    )
    return raw(host, request.encode()).split(b"\r\n")[0]


def test_the_pages_connection_is_for_this_servers_pages_alone(host):
    assert b"101" in upgrade(host, host.url)
    for origin in ("https://evil.invalid", f"http://127.0.0.1.evil.invalid:{host.port}", "null"):
        assert b"403" in upgrade(host, origin)


def test_an_upload_needs_the_token_of_the_page(client):
    files = {"file": ("a.csv", b"text\na\n")}
    assert client.put("/_stcore/upload_file/session/file", files=files).status_code in (400, 403)
    client.cookies.set("_streamlit_xsrf", "2|aaaaaaaa|bbbb|1")
    answer = client.put("/_stcore/upload_file/session/file", files=files, headers={"X-Xsrftoken": "2|c|d|1"})
    assert answer.status_code in (400, 403)


def test_cookies_do_not_travel_from_other_sites(client):
    answer = client.get("/_stcore/host-config")
    for cookie in (
        *answer.headers.get_list("set-cookie"),
        *client.get("/_stcore/health").headers.get_list("set-cookie"),
    ):
        assert "samesite=lax" in cookie.lower() or "samesite=strict" in cookie.lower()


def test_nobody_drives_the_app_but_by_its_pages(client):
    asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    for path in ("/_stcore/agent/interact", "/_stcore/agent/mcp"):
        answer = client.post(path, json=asked)
        assert answer.status_code >= 400
        assert "result" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/../secret",
        "/..%2f..%2fsecret",
        "/%2e%2e/%2e%2e/secret",
        "/%252e%252e%252fsecret",
        "/..%5c..%5csecret",
        "/..;/secret",
        "/static/../../secret",
        "/static/..%2f..%2f..%2fsecret",
        "/app/static/..%2f..%2fsecret",
        "/media/..%2f..%2fvotek.db",
        "/media/%2e%2e%2fvotek.db",
        "/component/x/..%2f..%2fsecret",
        "/_stcore/bidi-components/x/..%2f..%2fsecret",
        "/_stcore/component/../../../secret",
        "//etc/passwd",
        "/static//etc/passwd",
        "/static/%00secret",
        "/.streamlit/config.toml",
        "/.git/config",
        "/app.py",
        "/votek/settings.py",
    ],
)
def test_no_path_leads_to_a_file_of_the_server(host, project, path):
    assert project
    secret = signing_key(host.workspace).encode()
    folder = os.fspath(host.folder).encode()
    for target in (path, path.replace("secret", folder.decode().lstrip("/") + "/secret")):
        answer = raw(host, f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
        assert answer.startswith(b"HTTP/1.1 ")
        for content in (
            secret,
            b"SQLite format",
            b"root:x:0:0",
            b"maxUploadSize",
            b"[core]",
            b"class Settings",
            b"st.App",
        ):
            assert content not in answer


def test_what_is_too_long_is_given_up(host, client, project):
    assert client.post("/api/labels", content=b" " * (MAX_BODY + 1)).status_code == 413
    assert client.post("/api/model-key", content=b" " * 2_000).status_code == 413
    token = mint_token(signing_key(host.workspace), project=project.id, person="local")
    many = {"token": token, "events": [event(project)] * (MAX_EVENTS + 1)}
    answer = client.post("/api/labels", json=many)
    assert (answer.status_code, str(MAX_EVENTS) in answer.text) == (400, True)
    assert client.get("/api/queue", headers={"Authorization": "Bearer " + "x" * 20_000}).status_code in (400, 401)
    assert host.workspace.events(project.id) == []


def test_streamlits_own_checks_stay_on():
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))
    server = settings["server"]
    assert (server["enableCORS"], server["enableXsrfProtection"], server["enableAgentApi"]) == (True, True, False)
    assert server["address"] == "127.0.0.1"
    assert "trustedUserHeaders" not in server
    assert settings["client"]["showErrorDetails"] == "type"
    assert settings["browser"]["gatherUsageStats"] is False
