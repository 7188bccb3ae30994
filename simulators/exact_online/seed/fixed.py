"""What is the same in every company: document types and categories, features of the licence."""

import json
from importlib import resources

from simulators.exact_online.database import Database

from .stable import stable_id


def plant_fixed(database: Database) -> None:
    """Fill the tables that no caller can write to."""
    fixed = json.loads((resources.files(__package__) / "fixed.json").read_text(encoding="utf-8"))
    database.insert_all("document_type", fixed["document_types"])
    database.insert_all("feature", fixed["features"])
    categories = fixed["document_categories"]
    database.insert_all(
        "document_category",
        [{"id": stable_id("document category", name), "description": name} for name in categories],
    )
