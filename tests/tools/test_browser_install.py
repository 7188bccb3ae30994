"""The browser tests are never skipped: root gets a browser, anybody else the command that installs one."""

import os
import shutil
from pathlib import Path

import pytest

from tools.stack.__main__ import main
from tools.stack.browser import INSTALL, find_browser

APT = """#!/bin/sh
if [ "$1" = install ]; then
    echo '#!/bin/sh' > {browser} && /bin/chmod +x {browser}
fi
"""


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder with programs; there is a shell and no browser."""
    (tmp_path / "sh").symlink_to(shutil.which("sh") or "/bin/sh")
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def put(program: Path, text: str) -> None:
    program.write_text(text)
    program.chmod(0o755)


@pytest.mark.usefixtures("outside")
def test_browser__of_root_is_installed(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    put(programs / "apt-get", APT.format(browser=programs / "chromium-headless-shell"))
    assert main(["browser"]) == 0
    assert find_browser() == programs / "chromium-headless-shell"


@pytest.mark.parametrize("user", [0, 1000], ids=["root, when it cannot be installed", "a normal user"])
@pytest.mark.usefixtures("outside")
def test_browser__that_cannot_be_had_fails_with_the_command(
    programs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], user: int
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)
    put(programs / "apt-get", "#!/bin/sh\nexit 100\n")
    assert main(["browser"]) == 1
    assert INSTALL in capsys.readouterr().err


@pytest.mark.parametrize("name", ["chromium-headless-shell", "chromium", "google-chrome"])
def test_browser__that_is_there_is_used(programs: Path, name: str) -> None:
    put(programs / name, "#!/bin/sh\n")
    assert main(["browser"]) == 0
    assert find_browser() == programs / name


def test_browser__without_windows_goes_before_others(programs: Path) -> None:
    for name in ("chromium", "chromium-headless-shell"):
        put(programs / name, "#!/bin/sh\n")
    assert find_browser() == programs / "chromium-headless-shell"
