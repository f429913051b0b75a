"""The drawing library comes from the installed package, packed where the browser takes that, under a dated address."""

import gzip
from importlib.metadata import version

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from ui.components.map.asset import plotly_route, script_address


@pytest.fixture
def client():
    with TestClient(Starlette(routes=[plotly_route()])) as opened:
        yield opened


def test_the_address_names_the_version_and_may_be_kept(client):
    assert script_address().endswith(version("plotly"))
    answer = client.get(script_address())
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    assert b"plotly.js v" in answer.content[:500]


def test_packed_and_plain_are_the_same(client):
    with client.stream("GET", script_address(), headers={"accept-encoding": "gzip"}) as answer:
        assert answer.headers["content-encoding"] == "gzip"
        packed = b"".join(answer.iter_raw())
    plain = client.get(script_address(), headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert gzip.decompress(packed) == plain.content
