"""What kubectl makes of an overlay: the documents a cluster would be given."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
OVERLAYS = ("production", "try")
RENDER_TIMEOUT_S = 60

Document = dict[str, Any]


class NotRendered(Exception):
    """kubectl refuses a kustomization, in its words."""


def rendered(overlay: Path) -> list[Document]:
    """The documents of an overlay. Raises `NotRendered`."""
    kubectl = Path(sys.executable).with_name("kubectl")
    made = subprocess.run(
        [kubectl, "kustomize", overlay],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=RENDER_TIMEOUT_S,
    )
    if made.returncode:
        raise NotRendered(made.stderr.strip())
    return [*yaml.safe_load_all(made.stdout)]


def name_of(document: Document) -> str:
    """As people name it: "Deployment clyo-web"."""
    return f"{document['kind']} {document['metadata']['name']}"


def pods_of(documents: list[Document]) -> dict[str, Document]:
    """The pod that each Deployment and Job makes, by the name of its maker: `metadata` (labels) and `spec`."""
    makers = (it for it in documents if it["kind"] in ("Deployment", "Job", "StatefulSet", "DaemonSet", "CronJob"))
    return {name_of(it): it["spec"]["template"] for it in makers}
