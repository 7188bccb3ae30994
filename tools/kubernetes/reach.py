"""Who reaches whom, as the NetworkPolicies say it: a connection passes when one end may send and the other may be met.

The semantics are those of networking.k8s.io/v1: policies add up, a pod that none selects for a direction is open in it,
and an empty list of peers or ports means all of them.
"""

import ipaddress
from dataclasses import dataclass, field

from tools.kubernetes.rendered import Document

NAME_OF_NAMESPACE = "kubernetes.io/metadata.name"


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """A pod (labels and namespace), or an address outside of the cluster."""

    namespace: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    address: str = ""


def may_connect(policies: list[Document], source: End, target: End, port: int, protocol: str = "TCP") -> bool:
    """Whether a connection from one to the other is let through."""
    return _lets(policies, "Egress", source, target, port, protocol) and _lets(
        policies, "Ingress", target, source, port, protocol
    )


def _lets(policies: list[Document], way: str, pod: End, other: End, port: int, protocol: str) -> bool:
    selecting = [
        it
        for it in policies
        if it["metadata"]["namespace"] == pod.namespace
        and way in it["spec"]["policyTypes"]
        and _selects(it["spec"]["podSelector"], pod.labels)
    ]
    rules = [rule for it in selecting for rule in it["spec"].get(way.lower(), [])]
    peers = "to" if way == "Egress" else "from"
    return not selecting or any(
        _names_port(rule.get("ports", []), port, protocol)
        and (not rule.get(peers) or any(_is_peer(peer, other, pod.namespace) for peer in rule[peers]))
        for rule in rules
    )


def _names_port(ports: list[Document], port: int, protocol: str) -> bool:
    return not ports or any(it["port"] == port and it["protocol"] == protocol for it in ports)


def _is_peer(peer: Document, other: End, home: str) -> bool:
    if block := peer.get("ipBlock"):
        return bool(other.address) and _holds(block, other.address)
    if other.address:
        return False
    spaces = peer.get("namespaceSelector")
    at_home = other.namespace == home if spaces is None else _selects(spaces, {NAME_OF_NAMESPACE: other.namespace})
    return at_home and _selects(peer.get("podSelector", {}), other.labels)


def _holds(block: Document, address: str) -> bool:
    wanted = ipaddress.ip_address(address)
    return wanted in ipaddress.ip_network(block["cidr"]) and not any(
        wanted in ipaddress.ip_network(it) for it in block.get("except", [])
    )


def _selects(selector: Document, labels: dict[str, str]) -> bool:
    same = all(labels.get(key) == value for key, value in selector.get("matchLabels", {}).items())
    return same and all(
        it["operator"] == "In" and labels.get(it["key"]) in it["values"] for it in selector.get("matchExpressions", [])
    )
