"""The linters of the till API's document find what is wrong in it; without Node they say what to install."""

import os
import shutil
from pathlib import Path

import pytest

from clyo_ingest import schema
from tools import api_lint
from tools.stack.debian import ProgramMissing, install_command
from tools.stack.node import PACKAGES, ensure_npm, find_npm

pytestmark = pytest.mark.usefixtures("outside")


def put(program: Path, text: str) -> None:
    program.write_text(f"#!/bin/sh\n{text}\n")
    program.chmod(0o755)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder with programs; there is a shell and no Node."""
    (tmp_path / "sh").symlink_to(shutil.which("sh") or "/bin/sh")
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def test_node__of_root_is_installed(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    made = "".join(
        f"echo '#!/bin/sh' > {programs / name}; echo 'echo v20.19.2' >> {programs / name}; "
        f"/bin/chmod +x {programs / name}; "
        for name in ("node", "npm")
    )
    put(programs / "apt-get", f'if [ "$1" = install ]; then {made} fi')
    assert ensure_npm() == programs / "npm"


def test_node__that_is_too_old_is_told_with_the_command(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    put(programs / "npm", "")
    put(programs / "node", "echo v18.20.4")
    with pytest.raises(ProgramMissing, match=r"v18\.20\.4 is installed") as missing:
        ensure_npm()
    assert install_command(PACKAGES) in str(missing.value)
    put(programs / "node", "echo v22.12.0")
    assert find_npm() == programs / "npm"


@pytest.mark.parametrize("linter", ["redocly", "spectral"])
def test_linters__find_what_is_wrong(
    linter: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = dict(schema.api_document()) | {"servers": []}
    monkeypatch.setattr(schema, "api_document", lambda: broken)
    monkeypatch.setattr(api_lint, "DOCUMENT", tmp_path / "openapi.json")
    monkeypatch.setattr(api_lint, "COMMANDS", [it for it in api_lint.COMMANDS if it[0] == linter])
    assert api_lint.main() == 1
    assert "servers" in capsys.readouterr().out.lower()
