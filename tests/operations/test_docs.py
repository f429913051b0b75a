"""The pages for those who run votek name every setting, figure, field of the log and command that there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic_core import PydanticUndefined
from typer.main import get_command

from ui.health import health_routes
from ui.metrics import exposition
from votek.cli import app, main
from votek.logs import FACTS
from votek.settings import Settings
from votek.workspace import Workspace

DOCS = Path(__file__).resolve().parents[2] / "docs"
DEPLOYMENT = (DOCS / "deployment.md").read_text("utf-8")
SETTINGS = (DOCS / "settings.md").read_text("utf-8")


def rows(page: str) -> dict[str, list[str]]:
    """First cell -> the other cells of every row of every table."""
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line.startswith("|")
    ]
    return {row[0]: row[1:] for row in cells}


def test_every_setting_is_described_and_no_other() -> None:
    described = {name.strip("`") for name in rows(SETTINGS) if name.startswith("`VOTEK_")}
    assert described == {f"VOTEK_{name.upper()}" for name in Settings.model_fields}


@pytest.mark.parametrize("name", Settings.model_fields)
def test_the_default_is_the_one_in_force(name: str) -> None:
    default = Settings.model_fields[name].default
    assert default is not PydanticUndefined
    shown = rows(SETTINGS)[f"`VOTEK_{name.upper()}`"][0]
    if isinstance(default, bool) or default in (None, ""):
        assert not shown.startswith("`")  # in words: off, none, nobody
    else:
        assert shown == f"`{default:g}`" if isinstance(default, float) else shown == f"`{default}`"


def test_every_figure_is_described(tmp_path: Path) -> None:
    space = Workspace.open(Settings(data=tmp_path))
    there = {family.name for family in text_string_to_metric_families(exposition(lambda: space).decode())}
    space.close()
    described = {re.sub(r"(_total)?(\{.*\})?`$", "", name).strip("`") for name in rows(DEPLOYMENT) if "`votek_" in name}
    assert described == there


def test_every_field_of_the_log_is_described() -> None:
    cells = [name for name, rest in rows(DEPLOYMENT).items() if len(rest) == 1 and name.startswith("`")]
    described = set(re.findall(r"`(\w+)`", " ".join(cells)))
    assert set(FACTS) <= described


def test_every_address_for_those_who_run_it_is_described() -> None:
    def never() -> Workspace:
        raise AssertionError

    for route in health_routes(never):
        assert f"`{route.path}`" in DEPLOYMENT  # type: ignore[attr-defined]


def test_every_command_that_is_shown_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["votek", "--help"])
    with pytest.raises(SystemExit):
        main()  # adds all commands
    known = set(get_command(app).commands)  # type: ignore[attr-defined]
    shown = set(re.findall(r"(?:`votek|bin/votek|votek\.cli|run --rm web) ([a-z]+)", DEPLOYMENT))
    assert {"web", "worker", "status"} <= shown
    assert shown <= known


@pytest.mark.parametrize("proxy", ["nginx", "caddy"])
def test_both_proxies_close_what_is_for_those_who_run_it_and_mark_cookies(proxy: str) -> None:
    example = re.findall(rf"```{proxy}\n(.*?)```", DEPLOYMENT, re.DOTALL)[0]
    for word in ("/_stcore/metrics", "/api/metrics", "/api/model-key", "ecure", "Strict-Transport-Security", "8501"):
        assert word in example
    assert f"{Settings.model_fields['max_upload_mb'].default}m" in example.lower()
