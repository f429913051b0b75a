"""The example of the documentation runs as it stands."""

import re
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "models.md"


def test_the_example_runs(model_folder, tmp_path, capsys):
    program = re.search(r"```python\n(.+?)```", PAGE.read_text(), re.DOTALL).group(1)
    exec(compile(program, str(PAGE), "exec"), {"folder": str(model_folder), "scores": tmp_path})  # noqa: S102
    calls, answer = capsys.readouterr().out.strip().splitlines()
    assert calls == "1"
    assert answer.split()[0] in ("delivery", "refund")
