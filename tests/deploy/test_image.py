"""What goes into the image, and what may not."""

import subprocess
from fnmatch import fnmatch

import pytest

from integration.rooms import ROOMS
from tests.conftest import ROOT

TAKEN = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
ENTRYPOINT = ROOT / "deploy/image/entrypoint"


def test_context__holds_every_room_and_no_tool() -> None:
    rooms = {it for it in TAKEN if it in ROOMS}
    assert rooms == set(ROOMS) - {"tools"}
    assert {it for it in TAKEN if it.startswith("tools")} == {"tools/__init__.py", "tools/translations.py"}


@pytest.mark.parametrize(
    "path", [".env", "secrets/secret_key", ".git/config", "tests/conftest.py", ".local/x", ".venv/x"]
)
def test_context__leaves_out(path: str) -> None:
    assert not any(path == it or path.startswith(f"{it}/") or fnmatch(path, it) for it in TAKEN)


def test_image__the_service_is_built_without_simulators_and_tools() -> None:
    text = (ROOT / "Dockerfile").read_text()
    service = text[text.index("FROM ${BASE} AS service") :]
    assert "COPY . ." not in service
    assert "USER 10001:10001" in service
    assert "rm -rf tools simulators" in text


def test_requirements__each_has_its_hashes() -> None:
    for name in ("production", "simulators", "build"):
        text = (ROOT / f"requirements/{name}.txt").read_text()
        pinned = [line for line in text.splitlines() if "==" in line and not line.lstrip().startswith("#")]
        assert pinned
        assert all(line.endswith("\\") for line in pinned)


def test_requirements__the_images_have_what_was_tested() -> None:
    def pins(name: str) -> set[str]:
        text = (ROOT / f"requirements/{name}.txt").read_text()
        return {line.split(" ")[0] for line in text.splitlines() if line[:1].isalpha()}

    assert pins("production") | pins("simulators") | pins("build") <= pins("dev")


@pytest.mark.usefixtures("outside")
def test_entrypoint__an_unknown_role_is_told() -> None:
    script = ENTRYPOINT.read_text().replace("cd /app", "")
    ended = subprocess.run(["sh", "-c", script, "entrypoint", "wed"], capture_output=True, text=True, timeout=20)
    assert ended.returncode == 64
    assert "unknown role: wed" in ended.stderr
