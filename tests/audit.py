"""`make audit`: known vulnerabilities of everything that requirements.txt installs, as pip-audit finds them.

Exit code 1 where one is known. Without a connection nothing is known either way: that is said, and is no failure.
Arguments go to pip-audit.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
FILES = ("requirements.txt", "requirements-postgres.txt")
NO_CONNECTION = re.compile(
    r"ConnectionError|Could not connect|Max retries|timed out|ServiceError|HTTPError|ProxyError|NameResolution"
)


def named(files: Iterable[Path]) -> Iterator[Requirement]:
    """The requirements of requirements files."""
    for file in files:
        for line in file.read_text("utf-8").splitlines():
            words = line.partition("#")[0].strip()
            if words:
                yield Requirement(words)


def installed(requirements: Iterable[Requirement]) -> dict[str, str]:
    """name -> version of what is installed for these, with all that they need in turn."""
    found: dict[str, str] = {}
    waiting = [(requirement, extra) for requirement in requirements for extra in ("", *requirement.extras)]
    seen = set()
    while waiting:
        requirement, extra = waiting.pop()
        if (requirement.name.lower(), extra) in seen:
            continue
        seen.add((requirement.name.lower(), extra))
        package = distribution(requirement.name)
        found[package.name] = package.version.partition("+")[0]  # a build of its own is the same program
        for line in package.requires or ():
            needed = Requirement(line)
            if needed.marker is None or needed.marker.evaluate({"extra": extra}):
                waiting += [(needed, further) for further in ("", *needed.extras)]
    return found


def audit(pins: dict[str, str], arguments: Iterable[str]) -> int:
    """Ask, say what was found, and give the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        listed, report = Path(folder) / "pins.txt", Path(folder) / "report.json"
        listed.write_text("".join(f"{name}=={version}\n" for name, version in sorted(pins.items())), "utf-8")
        command = [sys.executable, "-m", "pip_audit", "--requirement", str(listed), "--no-deps", "--disable-pip"]
        options = ["--format", "json", "--output", str(report), "--progress-spinner", "off", *arguments]
        done = subprocess.run([*command, *options], capture_output=True, text=True)
        if not report.exists():
            return _not_asked(done)
        packages = json.loads(report.read_text("utf-8"))["dependencies"]
    skipped = [package["name"] for package in packages if "skip_reason" in package]
    if len(skipped) == len(packages):  # as a mirror answers that has packages but knows no faults
        print("not checked: offline, what answers here as the vulnerability service knows none of the packages")
        return 0
    faults = [(package, fault) for package in packages for fault in package.get("vulns", ())]
    for package, fault in faults:
        better = ", ".join(fault["fix_versions"]) or "no version yet"
        print(f"{package['name']} {package['version']}: {fault['id']}, mended in {better}")
    if skipped:
        print(f"not checked: the service does not know {', '.join(skipped)}")
    print(f"{len(packages) - len(skipped)} packages checked, {len(faults)} known vulnerabilities.")
    return 1 if faults else 0


def _not_asked(done: subprocess.CompletedProcess[str]) -> int:
    lines = done.stderr.strip().splitlines() or ["no reason was given"]
    if done.returncode != 0 and NO_CONNECTION.search(done.stderr):
        print(f"not checked: offline, the vulnerability service did not answer ({lines[-1]:.200})")
        return 0
    print(f"pip-audit failed: {done.stderr}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(audit(installed(named(ROOT / file for file in FILES)), sys.argv[1:]))
