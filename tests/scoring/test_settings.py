"""Settings are checked once, survive the store, and take only addresses of model servers."""

import json

import pytest

from votek.errors import InputError
from votek.scoring import ModelSettings, open_scorer
from votek.scoring.urls import check_host, check_url

LOCAL = {"tier": "transformers", "model": "a"}
REMOTE = {"tier": "openai", "model": "a", "base_url": "http://127.0.0.1:9/v1"}


@pytest.mark.parametrize("given", [{}, LOCAL, REMOTE, {**REMOTE, "way": "letters", "calibration": "batch"}])
def test_settings_come_back_from_the_store_as_they_were(given):
    settings = ModelSettings(**given).check()
    assert ModelSettings.from_json(json.loads(json.dumps(settings.as_json()))) == settings


def test_a_value_of_a_later_version_is_passed_over():
    assert ModelSettings.from_json({"tier": "knn", "unheard_of": 1}) == ModelSettings()


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"tier": "oracle"}, "tier"),
        ({"way": "guess"}, "way"),
        ({"scoring": "max"}, "scoring"),
        ({"calibration": "yes"}, "calibration"),
        ({"tier": "transformers"}, "No model"),
        ({"tier": "openai", "model": " "}, "No model"),
        ({**LOCAL, "way": "letters"}, "option letters"),
        ({**LOCAL, "way": "generate", "scoring": "pmi"}, "PMI"),
        ({**LOCAL, "scoring": "pmi", "calibration": "batch"}, "PMI"),
        ({**LOCAL, "way": "generate", "calibration": "batch"}, "scores of all labels"),
        ({"calibration": "batch"}, "nothing to calibrate"),
        ({"concurrency": 0}, "concurrency"),
        ({"concurrency": True}, "concurrency"),
        ({"concurrency": 1000}, "concurrency"),
        ({"retries": -1}, "retries"),
        ({"timeout": 0}, "time-out"),
        ({"timeout": float("nan")}, "time-out"),
        ({"timeout": "soon"}, "time-out"),
        ({**REMOTE, "base_url": "ftp://there/v1"}, "http"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(given, word):
    with pytest.raises(InputError, match=word):
        open_scorer(ModelSettings(**given))


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/v1",
        "http://169.254.0.1:8000/v1",
        "http://[fe80::1]/v1",
        "http://[::ffff:169.254.169.254]/v1",
        "http://100.100.100.200/v1",
        "http://[::ffff:192.0.0.192]/v1",
        "http://[fd00:ec2::254]/latest",
    ],
)
def test_addresses_of_a_machines_own_metadata_are_refused(url):
    with pytest.raises(InputError, match="link-local"):
        check_url(url)


@pytest.mark.parametrize("host", ["2852039166", "0xA9FEA9FE", "0251.0376.0251.0376", "169.254.43518"])
def test_other_spellings_of_such_an_address_are_refused_when_it_is_opened(host):
    with pytest.raises(InputError, match="link-local"):
        check_host(host, 80)


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "javascript:1", "127.0.0.1:80", "http://", "", "http://[", "http://a:b/"]
)
def test_what_is_no_web_address_is_refused(url):
    with pytest.raises(InputError, match="address"):
        check_url(url)


def test_a_password_in_the_address_is_refused_and_not_repeated():
    with pytest.raises(InputError, match="name or password") as caught:
        check_url("https://me:pass-word-1@models.example/v1")
    assert "pass-word-1" not in str(caught.value)
    with pytest.raises(InputError) as caught:
        check_url("ftp://me:pass-word-1@models.example/v1")
    assert "pass-word-1" not in str(caught.value)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000/v1", "https://api.example.org/v1/", "http://[::1]:80/v1"])
def test_model_servers_are_taken(url):
    check_url(url)
