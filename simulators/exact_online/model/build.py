"""Strip the reference notes to the facts the simulator needs.

    python -m simulators.exact_online.model.build DIRECTORY_OF_REFERENCE_FILES

Only names, types, keys, methods, page sizes and mandatory flags are kept; no prose leaves the notes.
"""

import json
import sys
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parent
NOT_RESOURCES = {"_index", "enums", "observed_shapes"}
NAMESPACE = "Exact.Web.Api.Models."
# Types recorded from the live service; the others follow the same pattern (rules 3.4).
TYPE_OVERRIDES = {
    "current/Me": "System.Me",
    "system/Divisions": "System.Division",
    "system/AllDivisions": "System.Division",
    "hrm/Divisions": "HRM.Division",
    "financialtransaction/TransactionLines": "Financial.TransactionLine",
    "sync/Financial/TransactionLines": "Sync.Financial.TransactionLine",
    "bulk/Financial/TransactionLines": "Bulk.Financial.TransactionLine",
}
UNKNOWN_TYPES = {"?": "Collection(DivisionClasses)", "UTF8CodeString": "Edm.String"}


def singular(name: str) -> str:
    """`SalesEntries` -> `SalesEntry`, `VATCodes` -> `VATCode`."""
    if name.endswith("ies"):
        return name[:-3] + "y"
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else name


def property_facts(source: dict[str, Any]) -> dict[str, Any]:
    """The facts of one property, without its description."""
    kind = UNKNOWN_TYPES.get(source["type"], source["type"].rstrip("?"))
    if not kind.startswith(("Edm.", "Collection(")):
        kind = f"Collection({kind})"
    facts: dict[str, Any] = {"name": source["name"], "type": kind, "methods": source["methods"].rstrip("?")}
    if source.get("key"):
        facts["key"] = True
    if source.get("mandatory_on_post"):
        facts["mandatory"] = True
    return facts


def resource_facts(source: dict[str, Any]) -> dict[str, Any]:
    """The facts of one resource; its name is the path behind the division."""
    name = source["endpoint"].removeprefix("/api/v1/").removeprefix("{division}/")
    return {
        "name": name,
        "type": NAMESPACE + TYPE_OVERRIDES.get(name, singular(name.rsplit("/", 1)[-1])),
        "methods": source["methods"],
        "page_size": source["page_size"] or 60,
        "webhook_topic": source.get("webhook_topic"),
        "properties": [property_facts(prop) for prop in source["properties"]],
    }


def dump(facts: dict[str, Any]) -> str:
    """JSON with one property a line, so that a change of the model reads well as a diff."""
    properties = facts.pop("properties")
    head = json.dumps(facts, indent=1)[:-2]
    lines = ",\n".join("  " + json.dumps(prop) for prop in properties)
    return f'{head},\n "properties": [\n{lines}\n ]\n}}\n'


def main(reference: Path) -> None:
    """Rewrite the data files of this folder from the reference notes."""
    for path in sorted(reference.glob("*.json")):
        if path.stem in NOT_RESOURCES:
            continue
        facts = resource_facts(json.loads(path.read_text(encoding="utf-8")))
        target = TARGET / (facts["name"].replace("/", ".") + ".json")
        target.write_text(dump(facts), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
