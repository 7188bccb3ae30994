"""What the licence of a company includes."""

from .projection import Projection

FEATURES = {
    "system/AvailableFeatures": Projection(
        source="feature t", scope="1", columns={"ID": "t.id", "Description": "t.description"}
    )
}
