"""`make release VERSION=1.2.3`: from *Unreleased* to a signed tag, with what was released written into `dist`.

Nothing is changed before everything is known to be in order: a clean tree, a version above the last, words in the
changelog, a key that signs, a licence for every package. Then the version goes into its one home (pyproject.toml, which
the API's document and the image name) and into the manifests, *Unreleased* gets its heading, and both are one commit
with a signed tag. The image is built where Docker's engine answers; else that is said. Nothing is pushed anywhere.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from integration.contraction import version_of
from tools.release.changelog import NothingToSay, released, words_of
from tools.release.packages import UnknownLicence, production_packages
from tools.release.tags import GitFailed, git, releases

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = "deploy/kubernetes/overlays/production/kustomization.yaml"
PROBE = "release-probe"
# How the signature of a tag ends, by SSH, OpenPGP or X.509 alike.
SIGNATURE = "\n-----END "
BUILD_TIMEOUT_S = 1800


class NotReleased(Exception):
    """What is in the way, and what to do about it. Nothing was changed."""


def main() -> int:
    version = os.environ.get("VERSION", "")
    try:
        check(ROOT, version)
        dist = ROOT / "dist"
        shutil.rmtree(dist, ignore_errors=True)
        dist.mkdir()
        production_packages(ROOT, dist)
        commit_and_tag(ROOT, version)
    except (NotReleased, NothingToSay, UnknownLicence, GitFailed) as why:
        print(f"release: {why}", file=sys.stderr)
        return 1
    _build_image(version, dist)
    _write(version, dist)
    print(f"release: v{version} is committed and tagged here; dist holds what belongs to it. To publish it:")
    print(f"release: git push origin HEAD v{version}")
    return 0


def check(clone: Path, version: str) -> None:
    """Raises `NotReleased` or `NothingToSay`, with nothing changed, when the version cannot be released."""
    try:
        wanted = version_of(version)
    except ValueError as error:
        raise NotReleased(f"say which: make release VERSION=1.2.3 ({error})") from error
    if git(clone, "status", "--porcelain").strip():
        raise NotReleased("the tree is not clean. Commit first: what is released is what is committed")
    before = releases(clone)
    if before and wanted <= version_of(before[-1]):
        raise NotReleased(f"{version} does not come after {before[-1]}, the last release")
    words_of((clone / "CHANGELOG.md").read_text())
    _sign(clone, PROBE, "Can this be signed?")
    git(clone, "tag", "--delete", PROBE)


def _sign(clone: Path, tag: str, message: str) -> None:
    """Make a signed tag. Without a key that can be used git makes an unsigned one and is content: we are not."""
    try:
        git(clone, "tag", "--sign", "--force", "--message", message, tag)
        if SIGNATURE in git(clone, "cat-file", "tag", tag):
            return
        why = git(clone, "tag", "--delete", tag)
    except GitFailed as error:
        why = str(error)
    how = "git config gpg.format ssh; git config user.signingkey FILE.pub"
    raise NotReleased(f"no tag can be signed. Set a key that can be used: {how} ({why.strip()})")


def commit_and_tag(clone: Path, version: str) -> None:
    """Write the version and the changelog's heading, as one commit with a signed tag."""
    day = datetime.now(UTC).date()
    changelog = clone / "CHANGELOG.md"
    words = words_of(changelog.read_text())
    changelog.write_text(released(changelog.read_text(), version, day))
    _set_version(clone / "pyproject.toml", 'version = "', version, '"')
    _set_version(clone / MANIFEST, "newTag: ", version, "}")
    git(clone, "add", "CHANGELOG.md", "pyproject.toml", MANIFEST)
    git(clone, "commit", "--message", f"Release {version}")
    _sign(clone, f"v{version}", f"Release {version}\n\n{words}")


def _set_version(path: Path, before: str, version: str, after: str) -> None:
    """Put it into the one line that names it."""
    head, tail = path.read_text().split(before, 1)
    path.write_text(f"{head}{before}{version}{after}{tail.split(after, 1)[1]}")


def _build_image(version: str, dist: Path) -> None:
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "version"], capture_output=True, timeout=60).returncode:
        print("release: Docker's engine does not answer; NO image was built")
        return
    image, revision = f"clyo-exact:{version}", git(ROOT, "rev-parse", "HEAD").strip()
    named = [f"--build-arg=VERSION={version}", f"--build-arg=REVISION={revision}"]
    more = os.environ.get("BUILD_OPTIONS", "").split()
    command = [docker, "build", "--target", "service", *named, "--tag", image, *more, "."]
    subprocess.run(command, cwd=ROOT, check=True, timeout=BUILD_TIMEOUT_S)
    asked = [docker, "image", "inspect", "--format", "{{.Id}}", image]
    identity = subprocess.run(asked, capture_output=True, text=True, check=True, timeout=60).stdout.strip()
    (dist / "image.txt").write_text(f"{image} {identity}\n")


def _write(version: str, dist: Path) -> None:
    name = f"clyo-exact-{version}"
    git(ROOT, "archive", f"--prefix={name}/", f"--output={dist / name}.tar.gz", f"v{version}")
    sums = (f"{hashlib.sha256(it.read_bytes()).hexdigest()}  {it.name}\n" for it in sorted(dist.iterdir()))
    (dist / "SHA256SUMS").write_text("".join([*sums]))


if __name__ == "__main__":
    sys.exit(main())
