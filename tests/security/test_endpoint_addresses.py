"""An endpoint's address is a wish to this server: what only the server can reach must not be reached by it."""

import socket
from pathlib import Path

import pytest

from votek.errors import InputError, ModelError, ScoringError
from votek.scoring import ModelSettings
from votek.scoring.client import EndpointClient
from votek.scoring.model_folder import model_folder

METADATA = [
    "http://169.254.169.254/latest/meta-data",
    "http://2852039166/v1",
    "http://0xA9FEA9FE/v1",
    "http://0251.0376.0251.0376/v1",
    "http://169.254.43518/v1",
    "http://0xa9.0xfe.0xa9.0xfe/v1",
    "http://169.254.169.254./v1",
    "http://[::ffff:169.254.169.254]/v1",
    "http://[::ffff:a9fe:a9fe]/v1",
    "http://[::169.254.169.254]/v1",
    "http://[64:ff9b::a9fe:a9fe]/v1",
    "http://[2002:a9fe:a9fe::1]/v1",
    "http://[fd00:ec2::254]/v1",
    "http://[fe80::1%25eth0]/v1",
    "http://100.100.100.200/v1",
    "http://168.63.129.16/v1",
]
NO_ADDRESS = [
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_INFO",
    "ftp://127.0.0.1/v1",
    "dict://127.0.0.1:11211/stat",
    "data:application/json,{}",
    "javascript:alert(1)",
    "//127.0.0.1/v1",
    "http://user@127.0.0.1/v1",
    "http://a:b@127.0.0.1/v1",
    "http://api.openai.com@169.254.169.254/v1",
    "http://127.0.0.1/v1?x=1",
    "http://127.0.0.1/v1#x",
    "http://127.0.0.1\\@169.254.169.254/v1",
    "http://127.0.0.1 .example/v1",
    "http://[::1/v1",
    "http://127.0.0.1:99999/v1",
]


def remote(url, **given):
    """Settings of an endpoint."""
    return ModelSettings("openai", "m", url, **{"way": "generate", "retries": 0, "timeout": 5.0, **given})


@pytest.fixture(autouse=True)
def no_variables(monkeypatch):
    """No key, address or proxy from the surroundings."""
    for name in ("VOTEK_API_KEY", "OPENAI_API_KEY", "OPENAI_BASE_URL", "VOTEK_ENDPOINT_HOSTS", "VOTEK_MODEL_FOLDER"):
        monkeypatch.delenv(name, raising=False)
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize("url", METADATA)
def test_a_machines_own_metadata_is_refused_in_every_spelling_when_it_is_saved(space, url):
    project = space.create_project("Endpoints")
    with pytest.raises(InputError, match="metadata"):
        space.save_model_settings(project.id, remote(url))
    assert space.model_settings(project.id).tier == "knn"


@pytest.mark.parametrize("url", NO_ADDRESS)
def test_what_is_no_plain_web_address_is_refused(url):
    with pytest.raises(InputError):
        remote(url).check()


def names(monkeypatch, answers):
    """Let the name "models.test" stand for each of `answers` in turn, the last one for good; returns who was asked."""
    real, asked = socket.getaddrinfo, []

    def look_up(host, port, *given, **named):
        if host != "models.test":
            return real(host, port, *given, **named)
        address = answers[min(len(asked), len(answers) - 1)]
        asked.append(address)
        return real(address, port, *given, **named)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


def connections(monkeypatch):
    """Every address that is connected to from now on, and a connection to none but this machine's."""
    real, made = socket.socket.connect, []

    def connect(self, address):
        made.append(address[0])
        if address[0] != "127.0.0.1":
            raise ConnectionRefusedError(111, "refused by the test")
        return real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    return made


def test_the_address_that_was_checked_is_the_one_connected_to(monkeypatch, listen):
    server, asked, made = listen(), names(monkeypatch, ["127.0.0.1"]), connections(monkeypatch)
    client = EndpointClient(remote(f"http://models.test:{server.port}/v1"), key="k")
    client.chat({"messages": [{"role": "user", "content": "a"}]}, item="a")
    client.close()
    assert server.heard == [("/v1/chat/completions", f"models.test:{server.port}", "Bearer k")]
    assert made == ["127.0.0.1"]
    assert asked == ["127.0.0.1"] * 2  # at the start, and once for the connection: never again between check and use


def test_a_name_that_changes_its_address_after_the_check_reaches_nobody(monkeypatch, listen):
    server, made = listen(), connections(monkeypatch)
    names(monkeypatch, ["127.0.0.1", "169.254.169.254"])
    client = EndpointClient(remote(f"http://models.test:{server.port}/v1"), key="k")
    with pytest.raises(ScoringError, match="metadata"):
        client.chat({"messages": []}, item="a")
    client.close()
    assert made == []
    assert server.heard == []


def test_a_redirect_carries_neither_the_call_nor_the_key_on(listen):
    server, other = listen(), listen()
    server.location = f"http://127.0.0.1:{other.port}/v1/chat/completions"
    client = EndpointClient(remote(f"http://127.0.0.1:{server.port}/v1"), key="k")
    with pytest.raises(ScoringError, match="not followed"):
        client.chat({"messages": []}, item="a")
    client.close()
    assert len(server.heard) == 1
    assert other.heard == []


def test_with_accounts_no_endpoint_is_called_until_the_operator_lists_it(accounts, space, monkeypatch, listen):
    server, project = listen(), space.create_project("Endpoints")
    wish = remote(f"http://127.0.0.1:{server.port}/v1")
    with pytest.raises(InputError, match="lists no endpoints"):
        space.save_model_settings(project.id, wish)
    with pytest.raises(InputError, match="lists no endpoints"):
        EndpointClient(wish, key="k")
    monkeypatch.setenv("VOTEK_ENDPOINT_HOSTS", f"api.openai.com, 127.0.0.1:{server.port}")
    space.save_model_settings(project.id, wish)
    EndpointClient(wish, key="k").chat({"messages": []}, item="a")
    assert len(server.heard) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/v1",
        "http://localhost:8000/v1",
        "http://10.0.0.5:8001/v1",
        "http://2130706433:8000/v1",
        "https://api.openai.com.evil.example/v1",
        "https://evil.example/api.openai.com/v1",
        "https://api.openai.com:8443/v1",
        "http://[::1]:8000/v1",
    ],
)
def test_with_accounts_nothing_beside_the_list_is_taken(accounts, monkeypatch, url):
    monkeypatch.setenv("VOTEK_ENDPOINT_HOSTS", "API.openai.com., 10.0.0.5:8000")
    remote("https://api.openai.com/v1").check()
    remote("http://10.0.0.5:8000/v1").check()
    with pytest.raises(InputError, match="may call"):
        remote(url).check()


def test_with_accounts_the_address_of_the_environment_needs_to_be_listed_too(accounts, monkeypatch):
    monkeypatch.setenv("VOTEK_ENDPOINT_HOSTS", "10.0.0.5:8000")
    with pytest.raises(InputError, match=r"api\.openai\.com is not one"):
        remote(None).check()
    monkeypatch.setenv("OPENAI_BASE_URL", "http://10.0.0.5:8000/v1")
    remote(None).check()


@pytest.mark.parametrize("listed", ["http://host/v1", "user@host", "host:x", "[::1"])
def test_a_list_that_cannot_be_read_lets_nothing_through(accounts, monkeypatch, listed):
    monkeypatch.setenv("VOTEK_ENDPOINT_HOSTS", listed)
    with pytest.raises(InputError, match="VOTEK_ENDPOINT_HOSTS"):
        remote("http://host/v1").check()


def test_a_listed_name_that_stands_for_the_metadata_address_is_still_refused(accounts, monkeypatch):
    monkeypatch.setenv("VOTEK_ENDPOINT_HOSTS", "models.test")
    names(monkeypatch, ["169.254.169.254"])
    with pytest.raises(InputError, match="metadata"):
        EndpointClient(remote("http://models.test/v1"), key="k")


@pytest.fixture
def models(tmp_path, monkeypatch):
    """A folder of models with one in it, and one that lies outside."""
    for place in ("models/good", "models/org/better", "private"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "config.json").write_text("{}")
    (tmp_path / "models" / "link").symlink_to(tmp_path / "private")
    monkeypatch.setenv("VOTEK_MODEL_FOLDER", str(tmp_path / "models"))
    return tmp_path


def test_with_accounts_models_come_from_the_operators_folder(accounts, models):
    for name in ("good", "org/better", str(models / "models" / "good")):
        ModelSettings("transformers", name).check()
        assert model_folder(name).is_relative_to(models / "models")


@pytest.mark.parametrize(
    "name", ["../private", "good/../../private", "link", ".", "", "~", "/etc", "nowhere", "\0", "good/config.json"]
)
def test_with_accounts_no_other_folder_is_opened_or_told_apart_from_none(accounts, models, name):
    with pytest.raises(ModelError, match="There is no model"):
        model_folder(name)
    with pytest.raises(ModelError, match="There is no model"):
        model_folder(str(models / "private"))


def test_with_accounts_and_without_a_folder_there_are_no_local_models(accounts, space):
    project = space.create_project("Models")
    with pytest.raises(ModelError, match="VOTEK_MODEL_FOLDER"):
        space.save_model_settings(project.id, ModelSettings("transformers", "/etc"))


def test_without_accounts_a_folder_of_ones_own_may_be_named(space, models):
    assert model_folder(str(models / "private")) == Path(models / "private").resolve()
