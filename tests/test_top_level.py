"""What the layers check cannot see: the entry script, the pages, and the length of modules."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted((ROOT / "pages").glob("*.py"))
SCRIPTS = [ROOT / "app.py", *PAGES]
MODULES = sorted((ROOT / "votek").rglob("*.py")) + sorted((ROOT / "ui").rglob("*.py"))
HEAVY = ("torch", "umap", "sklearn", "numba", "faiss", "sentence_transformers")


def imported_packages(source: str) -> set[str]:
    """Top-level packages that a script imports anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or ".").partition(".")[0])
    return names


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_speaks_to_the_shared_ui_only(script):
    allowed = {"ui", "streamlit"} | set(sys.stdlib_module_names)
    assert imported_packages(script.read_text()) <= allowed


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_stays_short(script):
    assert len(script.read_text().splitlines()) <= 80


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_long_module_says_why(module):
    source = module.read_text()
    if len(source.splitlines()) > 300:
        assert "reason for the length" in (ast.get_docstring(ast.parse(source)) or "").lower()


def test_the_web_process_loads_no_heavy_library():
    program = (
        "import importlib, pkgutil, sys, ui\n"
        "for module in pkgutil.walk_packages(ui.__path__, 'ui.'):\n"
        "    importlib.import_module(module.name)\n"
        "import votek.workspace\n"
        f"print(sorted(set({HEAVY!r}) & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().splitlines()[-1] == "[]"


def test_the_check_of_imports_can_fail():
    assert imported_packages("import pandas as pd\nfrom votek.errors import VotekError") == {"pandas", "votek"}
