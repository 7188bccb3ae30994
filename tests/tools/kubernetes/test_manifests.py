"""The manifests, as a cluster would be given them: closed, and nobody reaches whom they need not.

That all of them are valid says `make check` (`tools.kubernetes`)."""

import copy
from collections.abc import Iterator
from pathlib import Path

import pytest

from concerns.webhooks.address import PORTS as WEBHOOK_PORTS
from integration.environment import Environment
from tools.kubernetes.__main__ import copied, documents_of
from tools.kubernetes.reach import End, may_connect
from tools.kubernetes.rendered import OVERLAYS, Document, name_of, pods_of
from tools.kubernetes.schemas import faults_of

pytestmark = pytest.mark.usefixtures("outside")

OURS = "app.kubernetes.io/name"
PART = "app.kubernetes.io/component"


@pytest.fixture(scope="module")
def overlays(outside: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(tmp_path_factory.mktemp("manifests"))


@pytest.fixture(scope="module")
def made(overlays: Path) -> dict[str, list[Document]]:
    return {name: documents_of(overlays / name) for name in OVERLAYS}


@pytest.fixture(scope="module")
def production(made: dict[str, list[Document]]) -> list[Document]:
    return made["production"]


def of_kind(documents: list[Document], kind: str) -> dict[str, Document]:
    return {it["metadata"]["name"]: it for it in documents if it["kind"] == kind}


def containers(pod: Document) -> Iterator[Document]:
    yield from [*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]]


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_documents__stand_in_the_one_namespace(made: dict[str, list[Document]], overlay: str) -> None:
    [space] = [it for it in made[overlay] if it["kind"] == "Namespace"]
    assert space["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert {it["metadata"]["namespace"] for it in made[overlay] if it is not space} == {space["metadata"]["name"]}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_pods__may_do_nothing_beyond_their_work(made: dict[str, list[Document]], overlay: str) -> None:
    for name, pod in pods_of(made[overlay]).items():
        of_pod = pod["spec"]["securityContext"]
        assert (of_pod["runAsNonRoot"], of_pod["seccompProfile"]) == (True, {"type": "RuntimeDefault"}), name
        assert of_pod["runAsUser"] >= 10000, name
        assert pod["spec"]["automountServiceAccountToken"] is False, name
        for container in containers(pod):
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }, name
            resources = container["resources"]
            assert {*resources["requests"]} == {"cpu", "memory"}, name
            assert "memory" in resources["limits"], name


def test_long_running__are_watched_and_spread(production: list[Document]) -> None:
    budgets = {
        it["spec"]["selector"]["matchLabels"][PART] for it in of_kind(production, "PodDisruptionBudget").values()
    }
    for name, deployment in of_kind(production, "Deployment").items():
        part = deployment["spec"]["selector"]["matchLabels"][PART]
        pod = deployment["spec"]["template"]
        [container] = pod["spec"]["containers"]
        assert {"startupProbe", "livenessProbe"} <= {*container}, name
        alone = deployment["spec"].get("replicas") == 1
        assert alone == (deployment["spec"]["strategy"].get("type") == "Recreate"), name
        assert alone == (part not in budgets) == ("topologySpreadConstraints" not in pod["spec"]), name
        # Whoever scales it says how many there are: an apply would set them back.
        assert alone == ("replicas" in deployment["spec"]), name


def test_roles__are_the_entrypoints(production: list[Document]) -> None:
    made = {pod["metadata"]["labels"][PART]: pod for pod in pods_of(production).values()}
    roles = {part for part, pod in made.items() if pod["metadata"]["labels"][OURS] == "clyo-exact"}
    assert roles == {"web", "worker", "beat", "migrate"}
    for role in roles:
        [container] = made[role]["spec"]["containers"]
        assert container["args"] == [role]


def test_new_code__waits_for_the_migrations(production: list[Document]) -> None:
    for name, deployment in of_kind(production, "Deployment").items():
        pod = deployment["spec"]["template"]
        first = [it["name"] for it in pod["spec"].get("initContainers", [])]
        ours = pod["metadata"]["labels"][OURS] == "clyo-exact"
        assert first == (["after-migrations"] if ours else []), name


def test_production__brings_no_secret(production: list[Document]) -> None:
    assert of_kind(production, "Secret") == {}
    written = {it["spec"]["target"]["name"] for it in of_kind(production, "ExternalSecret").values()}
    by_cloud_native_pg = {"clyo-db-app", "clyo-db-ca"}
    wanted = set()
    for pod in pods_of(production).values():
        for volume in pod["spec"]["volumes"]:
            if "secret" in volume:
                wanted.add(volume["secret"]["secretName"])
            wanted |= {it["secret"]["name"] for it in volume.get("projected", {}).get("sources", [])}
    assert wanted - by_cloud_native_pg == {"clyo-secrets", "clyo-valkey"}
    assert wanted - by_cloud_native_pg <= written


def test_secrets__are_written_once(overlays: Path, made: dict[str, list[Document]]) -> None:
    written = overlays / "try" / "written"
    before = {it.name: it.read_bytes() for it in written.iterdir()}
    documents_of(overlays / "try")
    assert {it.name: it.read_bytes() for it in written.iterdir()} == before
    assert len({*before.values()}) == len(before)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_settings__let_production_start(
    overlays: Path, made: dict[str, list[Document]], overlay: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in Environment.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for line in (overlays / overlay / "settings.env").read_text().splitlines():
        monkeypatch.setenv(*line.split("=", 1))
    monkeypatch.setenv("DATABASE_URL", "postgresql://clyo:by-cloud-native-pg@clyo-db-rw.clyo-exact:5432/clyo")
    environment = Environment(_secrets_dir=overlays / "try" / "written")  # type: ignore[call-arg]
    assert (environment.local, environment.trusted_proxies) == (False, 1)


HOME = "clyo-exact"
EXACT, MAIL, METADATA, INSIDE = (
    End(address="185.0.0.10"),
    End(address="2001:db8::25"),
    End(address="169.254.169.254"),
    End(address="10.1.2.3"),
)
PARTS = {it: End(namespace=HOME, labels={PART: it}) for it in ("web", "worker", "beat", "migrate", "valkey")}
DATABASE = End(namespace=HOME, labels={"cnpg.io/cluster": "clyo-db"})
GATEWAY = End(namespace="envoy-gateway-system", labels={"app.kubernetes.io/name": "envoy"})
PROMETHEUS = End(namespace="monitoring", labels={OURS: "prometheus"})
OPERATOR = End(namespace="cnpg-system")
SCALER = End(namespace="keda", labels={"app": "keda-operator"})
NAMES = End(namespace="kube-system", labels={"k8s-app": "kube-dns"})
STRANGER = End(namespace="default", labels={PART: "web"})
ALL = {**PARTS, "database": DATABASE} | {
    "gateway": GATEWAY,
    "prometheus": PROMETHEUS,
    "operator": OPERATOR,
    "scaler": SCALER,
    "stranger": STRANGER,
}
REACHED_BY = [
    (PARTS["web"], 8000, {"gateway"}),
    (PARTS["web"], 9000, {"prometheus"}),
    (PARTS["worker"], 9000, {"prometheus"}),
    (PARTS["beat"], 9000, {"prometheus"}),
    (PARTS["worker"], 8000, set()),
    (PARTS["valkey"], 6379, {"web", "worker", "beat", "migrate"}),
    (DATABASE, 5432, {"web", "worker", "beat", "migrate", "database", "operator", "scaler"}),
    (DATABASE, 8000, {"database", "operator"}),
    (DATABASE, 9187, {"prometheus"}),
    (EXACT, 443, {"web", "worker", "database"}),  # the database: its store of backups
    *((EXACT, port, {"worker"}) for port in {*WEBHOOK_PORTS} - {443}),
    (EXACT, 80, set()),
    (MAIL, 587, {"web", "worker"}),
    (METADATA, 443, {"database"}),
    (INSIDE, 587, set()),
]


@pytest.mark.parametrize(("target", "port", "by"), REACHED_BY)
def test_connections__are_those_that_the_work_needs(
    production: list[Document], target: End, port: int, by: set[str]
) -> None:
    policies = [it for it in production if it["kind"] == "NetworkPolicy"]
    ours = {*PARTS, "database"} if target.address else {*ALL}
    assert {it for it in ours if may_connect(policies, ALL[it], target, port)} == by


def test_names__may_be_asked_by_all(production: list[Document]) -> None:
    policies = [it for it in production if it["kind"] == "NetworkPolicy"]
    assert all(may_connect(policies, it, NAMES, 53, "UDP") for it in (*PARTS.values(), DATABASE))
    assert not may_connect(policies, STRANGER, PARTS["web"], 8000)


def misspelt(document: Document, path: str) -> list[str]:
    """What is found when the last word of a path is a letter longer."""
    *way, last = path.split(".")
    inner = document
    for step in way:
        inner = inner[int(step)] if step.isdigit() else inner[step]
    inner[f"{last}s"] = inner.pop(last)
    return faults_of(document, {})


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("Deployment clyo-web", "spec.template.spec.containers.0.readinessProbe"),
        ("Deployment clyo-worker", "spec.template.spec.securityContext.runAsNonRoot"),
        ("NetworkPolicy into-web", "spec.ingress"),
        ("Cluster clyo-db", "spec.postgresql.synchronous.dataDurability"),
        ("ScaledObject clyo-worker", "spec.triggers.0.metadata.query"),
    ],
)
def test_misspelt_field__is_a_fault(production: list[Document], name: str, path: str) -> None:
    [document] = [copy.deepcopy(it) for it in production if name_of(it) == name]
    assert faults_of(document, {}) == []
    assert len(misspelt(document, path)) > 0
