"""Reads the Dockerfile and compose.yaml into the steps that they run."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "compose.yaml"
DOCKERFILE = ROOT / "Dockerfile"


@dataclass
class Image:
    """A Dockerfile: every instruction in order, its environment, and what runs at start and as health check."""

    steps: list[tuple[str, str]] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    entrypoint: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)
    healthcheck: list[str] = field(default_factory=list)

    def all(self, name: str) -> list[str]:
        """What follows each instruction of this name."""
        return [rest for step, rest in self.steps if step == name]


def read_image(path: Path = DOCKERFILE) -> Image:
    """The instructions of a Dockerfile; continued lines are joined, comments left out."""
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.lstrip().startswith("#")]
    image = Image()
    for line in re.sub(r"\\\n\s*", " ", "\n".join(lines)).splitlines():
        name, _, rest = line.strip().partition(" ")
        if not name:
            continue
        image.steps.append((name, rest))
        if name == "ENV":
            image.environment.update(part.split("=", 1) for part in rest.split())
        elif name == "ENTRYPOINT":
            image.entrypoint = json.loads(rest)
        elif name == "CMD":
            image.command = json.loads(rest)
        elif name == "HEALTHCHECK":
            image.healthcheck = json.loads(rest[rest.index("[") :])
    return image


def read_compose(**variables: str) -> dict[str, Any]:
    """compose.yaml as Compose reads it, with `${NAME:?why}` filled in from `variables`."""

    def fill(found: re.Match[str]) -> str:
        return variables[found[1]]

    text = re.sub(r"\$\{(\w+):\?[^}]*\}", fill, COMPOSE.read_text("utf-8"))
    assert "$" not in text
    return dict(yaml.safe_load(text))
