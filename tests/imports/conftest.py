"""Short ways to look at what was read."""

import json

import pytest


@pytest.fixture
def lines():
    """`lines(*values)`: JSON Lines as bytes."""
    return lambda *values: "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values).encode()


@pytest.fixture
def answers():
    """`answers(labels)`: (item, person, value) of every answer, in order."""
    return lambda found: [(one.item, one.who, one.value) for one in found.answers]


@pytest.fixture
def lost():
    """`lost(labels)`: kind -> count of the loss report."""
    return lambda found: {loss.kind: loss.count for loss in found.losses}


@pytest.fixture
def zipped():
    """`zipped({path: bytes})`: a zip archive."""
    import io
    import zipfile

    def made(parts):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in parts.items():
                archive.writestr(name, content)
        return out.getvalue()

    return made
