"""The demo as a program of this clone."""

from pathlib import Path

import pytest

from tools.demo import __main__ as demo


def test_second_demo__says_that_one_runs_and_touches_nothing_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(demo, "CLONE", tmp_path)
    logs = tmp_path / ".local" / "demo-run" / "logs"
    logs.mkdir(parents=True)
    with demo.only_here(tmp_path / ".local" / "demo-run.lock"):
        assert demo.main() == 1
    assert "runs here already" in capsys.readouterr().err
    assert logs.exists()
