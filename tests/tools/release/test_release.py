"""A release, in a clone of its own and with a key of its own: what refuses it, and what it leaves behind."""

import subprocess
from datetime import date
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tools.release.__main__ import NotReleased, check, commit_and_tag
from tools.release.changelog import NothingToSay, released, words_of
from tools.release.packages import UnknownLicence, licences
from tools.release.tags import git, releases

CHANGELOG = "# Changelog\n\n## Unreleased\n- A till may whistle.\n\n## 0.9.0 – 2026-01-02\n- Before.\n"


@pytest.fixture
def clone(outside: None, tmp_path: Path) -> Path:
    """A clone without a release, where a key signs and the changelog has words."""
    there = tmp_path / "clone"
    git(ROOT, "clone", "--quiet", "--no-tags", "--depth=1", f"file://{ROOT}", str(there))
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True, timeout=20)
    for name, value in {
        "user.name": "Someone",
        "user.email": "someone@example.invalid",
        "gpg.format": "ssh",
        "user.signingkey": f"{key}.pub",
    }.items():
        git(there, "config", name, value)
    (there / "CHANGELOG.md").write_text(CHANGELOG)
    git(there, "commit", "--quiet", "--all", "--message", "Whistle")
    return there


def test_release__is_a_commit_with_a_signed_tag_and_one_number_everywhere(clone: Path, tmp_path: Path) -> None:
    check(clone, "1.0.0")
    commit_and_tag(clone, "1.0.0")
    assert git(clone, "status", "--porcelain") == ""
    assert releases(clone) == ["1.0.0"]
    (tmp_path / "signers").write_text(f"someone@example.invalid {(tmp_path / 'key.pub').read_text()}")
    git(clone, "-c", f"gpg.ssh.allowedSignersFile={tmp_path / 'signers'}", "verify-tag", "v1.0.0")
    assert "A till may whistle." in git(clone, "tag", "--list", "--format=%(contents)", "v1.0.0")
    assert '\nversion = "1.0.0"\n' in (clone / "pyproject.toml").read_text()
    assert "newTag: 1.0.0}" in (clone / "deploy/kubernetes/overlays/production/kustomization.yaml").read_text()
    said = (clone / "CHANGELOG.md").read_text()
    assert said.index("## Unreleased\n\n## 1.0.0 – ") < said.index("whistle") < said.index("## 0.9.0")
    with pytest.raises(NothingToSay):
        check(clone, "1.0.1")


@pytest.mark.parametrize("version", ["1.0.0", "0.9.9", "1.0", ""])
def test_release__must_come_after_the_last(clone: Path, version: str) -> None:
    git(clone, "tag", "v1.0.0")
    git(clone, "tag", "very-much-somebodys-own")
    with pytest.raises(NotReleased, match=r"come after|say which"):
        check(clone, version)


def test_release__of_what_is_not_committed_is_refused(clone: Path) -> None:
    (clone / "README.md").write_text("something else")
    with pytest.raises(NotReleased, match="not clean"):
        check(clone, "1.0.0")


def test_release__without_a_key_says_how_to_set_one(clone: Path, tmp_path: Path) -> None:
    (tmp_path / "key").unlink()
    with pytest.raises(NotReleased, match=r"user\.signingkey"):
        check(clone, "1.0.0")
    assert git(clone, "tag") == ""


def test_version__is_one_in_the_project_the_manifests_and_the_api() -> None:
    from django.conf import settings

    from clyo_ingest.schema import api_document

    assert f'\nversion = "{settings.VERSION}"\n' in (ROOT / "pyproject.toml").read_text()
    manifest = (ROOT / "deploy/kubernetes/overlays/production/kustomization.yaml").read_text()
    assert f"newTag: {settings.VERSION}}}" in manifest
    assert api_document()["info"]["version"] == settings.VERSION


def test_changelog__without_words_is_nothing_to_release() -> None:
    with pytest.raises(NothingToSay):
        words_of("# Changelog\n\n## Unreleased\n\n## 0.9.0 – 2026-01-02\n- Before.\n")


def test_changelog__gives_its_words_a_heading() -> None:
    said = released(CHANGELOG, "1.0.0", date(2026, 12, 1))
    assert "## Unreleased\n\n## 1.0.0 – 2026-12-01\n- A till may whistle.\n\n## 0.9.0" in said


def test_licences__are_read_wherever_a_package_says_them() -> None:
    said = licences(
        [
            ("b", "2", "", ["MIT License"], "the whole text\nof it"),
            ("a", "1", "Apache-2.0", [], ""),
            ("C", "3", "", [], "BSD-3-Clause\n\nCopyright"),
        ]
    )
    assert said == "a 1: Apache-2.0\nb 2: MIT License\nC 3: BSD-3-Clause\n"


@pytest.mark.parametrize("text", ["", "UNKNOWN", "  \n"])
def test_licences__an_unknown_one_is_refused(text: str) -> None:
    with pytest.raises(UnknownLicence, match="odd 1"):
        licences([("odd", "1", "", [], text)])
