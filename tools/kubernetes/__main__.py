"""`python -m tools.kubernetes`: render each overlay and hold it against the schemas. Exits with 1 for any fault.

With CRDS=folder also against the definitions of the operators' kinds that lie there. No cluster is asked: what comes
out is valid, and was not run.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.kubernetes.rendered import DEPLOY, OVERLAYS, NotRendered, rendered
from tools.kubernetes.schemas import definitions_in, faults_of

WRITE_TIMEOUT_S = 30


def main() -> int:
    """Say what is wrong, or how much was looked at."""
    given = os.environ.get("CRDS")
    definitions = definitions_in(Path(given)) if given else {}
    faults = []
    with tempfile.TemporaryDirectory() as there:
        overlays = copied(Path(there))
        for overlay in OVERLAYS:
            try:
                documents = documents_of(overlays / overlay)
            except NotRendered as refused:
                faults.append(f"{overlay}: {refused}")
                continue
            wrong = [f"{overlay}: {fault}" for it in documents for fault in faults_of(it, definitions)]
            faults += wrong
            print(f"{overlay}: {len(documents)} documents, {len(wrong)} faults")
    print(*faults, sep="\n", end="\n" if faults else "")
    return 1 if faults else 0


def copied(folder: Path) -> Path:
    """A copy of `deploy` inside a folder, as it is in a bare clone. Returns where its overlays are."""
    shutil.copytree(DEPLOY, folder / "deploy", ignore=shutil.ignore_patterns("written"))
    return folder / "deploy" / "kubernetes" / "overlays"


def documents_of(overlay: Path) -> list[dict[str, object]]:
    """Render an overlay; one that takes its secrets from files has them written first, beside it."""
    write = overlay / "secrets"
    if write.exists():
        subprocess.run([write], check=True, timeout=WRITE_TIMEOUT_S, stdin=subprocess.DEVNULL)
    return rendered(overlay)


if __name__ == "__main__":
    sys.exit(main())
