"""Whether a document is what its kind may say.

Kubernetes' own kinds are held against its schemas, in the form that knows no other field. For kinds of others (the
operators') a table says each field that our manifests use, as the documentation of the kind names it: a misspelt field,
which a cluster would drop in silence, is none of them. With the definitions themselves (`kubectl get crd -o yaml`, or a
release's file) everything is held against those.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import yaml

from tools.kubernetes.rendered import Document, name_of

# The oldest release that the manifests are for, which has preStop's sleep, and the newest whose schemas are at hand.
VERSIONS = ("1.32", "1.37")
FIELDS = Path(__file__).with_name("fields.yaml")

Definitions = dict[tuple[str, str], Any]


def faults_of(document: Document, definitions: Definitions) -> list[str]:
    """What a document says that its kind does not know, in words; nothing when all is well."""
    kind = (document["apiVersion"], document["kind"])
    if kind in definitions:
        return [*_find_by_definition(document, definitions[kind])]
    if re.fullmatch(r"v1|(\w+|[\w.]+\.k8s\.io)/v\d\w*", kind[0]) and not kind[0].startswith("gateway."):
        return [*_find_by_kubernetes(document)]
    return [*_find_by_table(document)]


def definitions_in(folder: Path) -> Definitions:
    """The schemas of every CustomResourceDefinition below a folder, closed: a field that is not named is a fault."""
    found: Definitions = {}
    for path in folder.rglob("*.yaml"):
        # Files of a Helm chart have lines that are no YAML.
        text = "\n".join(line for line in path.read_text().splitlines() if not line.startswith("{{"))
        for it in yaml.safe_load_all(text):
            if it and it.get("kind") == "CustomResourceDefinition":
                for version in it["spec"]["versions"]:
                    schema = version["schema"]["openAPIV3Schema"]
                    _close(schema)
                    schema["properties"]["metadata"] = {}
                    found[f"{it['spec']['group']}/{version['name']}", it["spec"]["names"]["kind"]] = schema
    return found


def _close(schema: Any) -> None:
    for inner in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        _close(inner)
    if not isinstance(schema, dict):
        return
    if schema.get("x-kubernetes-int-or-string"):
        schema.pop("type", None)
        schema.pop("anyOf", None)
    open_ended = schema.get("x-kubernetes-preserve-unknown-fields") or "additionalProperties" in schema
    if schema.get("type") == "object" and "properties" in schema and not open_ended:
        schema["additionalProperties"] = False


def _find_by_definition(document: Document, schema: Any) -> Iterator[str]:
    for error in jsonschema.Draft202012Validator(schema).iter_errors(document):
        yield f"{name_of(document)}: {'.'.join(map(str, error.path))}: {error.message}"


def _find_by_kubernetes(document: Document) -> Iterator[str]:
    for version in VERSIONS:
        try:
            kubernetes_validate.validate(document, version, strict=True)
        except kubernetes_validate.ValidationError as error:
            yield f"{name_of(document)} ({version}): {'.'.join(map(str, error.path))}: {error.message}"
        except kubernetes_validate.SchemaNotFoundError as error:
            yield f"{name_of(document)} ({version}): {error.message}"


def _find_by_table(document: Document) -> Iterator[str]:
    kind = f"{document['apiVersion']} {document['kind']}"
    table = yaml.safe_load(FIELDS.read_text())
    if kind not in table:
        yield f"{name_of(document)}: fields.yaml has no row for {kind}"
        return
    for path in _walk("", {key: it for key, it in document.items() if key not in ("apiVersion", "kind", "metadata")}):
        if not any(path == known or (known.endswith("*") and path.startswith(known[:-1])) for known in table[kind]):
            yield f"{name_of(document)}: {path} is no field of {kind} that fields.yaml names"


def _walk(path: str, value: Any) -> Iterator[str]:
    """Each leaf's path, with [] for any place in a list."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _walk(f"{path}.{key}" if path else key, inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _walk(f"{path}[]", inner)
    else:
        yield path
