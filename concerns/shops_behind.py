"""The establishments that a company of Exact, or a connection, is used for."""

from collections import defaultdict
from collections.abc import Collection
from typing import Literal

from exact.models import Activation
from tenants.viewpoint import Scope


def shops_behind(
    scope: Scope, of: Literal["division", "division__connection"], keys: Collection[int]
) -> dict[int, frozenset[int]]:
    """The establishments, by key, whose closings go through each of these companies or connections."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    rows = scope.rows(Activation.objects.filter(active=True, **{f"{of}__in": keys}))
    for key, shop in rows.values_list(of, "establishment"):
        found[key].add(shop)
    return {key: frozenset(found[key]) for key in keys}
