"""The packages of production, installed as the image does it: their bill of materials and their licences."""

import json
import subprocess
import sys
from pathlib import Path

INSTALL_TIMEOUT_S = 600
# Read inside the environment that is described: each package with what its metadata says of its licence.
ASK = """
import json
from importlib.metadata import distributions
print(json.dumps([[it.metadata["Name"], it.version, it.metadata.get("License-Expression") or "",
    [line.rpartition(" :: ")[2] for line in it.metadata.get_all("Classifier") or [] if line.startswith("License :: ")],
    it.metadata.get("License") or ""] for it in distributions()]))
"""


class UnknownLicence(Exception):
    """A package does not say under which licence it comes."""


def production_packages(clone: Path, dist: Path) -> None:
    """Install them beside the clone's own, and write `sbom.cdx.json` and `licences.txt`. Raises `UnknownLicence`."""
    place = clone / ".local" / "release"
    python = _install(clone, place / "production", "production")
    tools = _install(clone, place / "tools", "release")
    (dist / "licences.txt").write_text(licences(json.loads(_output(python, "-c", ASK))))
    bill = str(dist / "sbom.cdx.json")
    _output(tools, "-m", "cyclonedx_py", "environment", "--output-reproducible", "--of", "JSON", "-o", bill, python)


def licences(packages: list[tuple[str, str, str, list[str], str]]) -> str:
    """A line a package: name, version, licence, as its metadata says it. Raises `UnknownLicence`."""
    lines, unknown = [], []
    for name, version, expression, classified, text in sorted(packages, key=lambda it: it[0].lower()):
        # The oldest of the three fields may hold the whole text of a licence: its first line names it.
        said = expression or ", ".join(classified) or next(iter(text.strip().splitlines()), "")
        lines.append(f"{name} {version}: {said}\n")
        if not said or said.upper() == "UNKNOWN":
            unknown.append(f"{name} {version}")
    if unknown:
        raise UnknownLicence(f"no licence is known of {', '.join(unknown)}. Ask its authors, or do without it")
    return "".join(lines)


def _install(clone: Path, venv: Path, name: str) -> Path:
    uv = Path(sys.executable).with_name("uv")
    _output(uv, "venv", "--quiet", "--clear", "--python", sys.executable, venv)
    python = venv / "bin" / "python"
    wanted = clone / "requirements" / f"{name}.txt"
    _output(uv, "pip", "sync", "--quiet", "--require-hashes", "--python", python, wanted)
    return python


def _output(*command: str | Path) -> str:
    ran = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_TIMEOUT_S, stdin=subprocess.DEVNULL)
    if ran.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{ran.stdout}{ran.stderr}")
    return ran.stdout
