"""A prompt pack of all hostile texts, with each of them as demonstration, label, column and text asked about."""

import dataclasses

import pytest

from tests.exports.hostile import HOSTILE
from tests.exports.libraries import SETTINGS, exported, hostile_request, shown_everywhere
from votek import load_pack
from votek.exports import pack

COLUMNS = dataclasses.replace(SETTINGS, query="{text}{if field:the city} in {field:the city}{end}\nLabel:")


@pytest.mark.parametrize("kind", ["single", "multi"])
def test_every_text_stands_in_a_prompt_as_it_is(kind, tmp_path):
    request, embed = hostile_request(COLUMNS, kind=kind)
    assert shown_everywhere(request)
    request.prompts.manifest["schema"] = "votek.manifest/1"
    (tmp_path / "pack.zip").write_bytes(exported(pack.FORMAT, request))
    found = load_pack(tmp_path / "pack.zip", warm=False)
    assert [(row.text, row.value, row.fields) for row in found.rows] == [
        (row.text, row.value, row.fields) for row in request.labelled
    ]
    for made, text in zip(request.prompts.prompts, HOSTILE, strict=True):
        written = found.prompt(text, fields={"the city": f"{text} city"}, id=made.id, vector=embed(text))
        assert written == made.text
        assert written.endswith(f"{text} in {text} city\nLabel:")
