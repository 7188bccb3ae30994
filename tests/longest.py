"""The files that take longest are begun first: one that was begun last would be waited for by every other worker.

`make test` gives each worker a file at a time, in this order (`--dist loadfile --no-loadscope-reorder`).
"""

from pathlib import Path

import pytest

# From measurements; a file that has become quick, or one that has become slow, does no harm here.
LONGEST = (
    "tools/chaos/test_short_run.py",
    "exact/activation/test_way.py",
    "console/test_isolation_walk.py",
    "console/test_limits.py",
    "tools/pressing/test_pressing.py",
    "console/test_any_form.py",
    "console/test_any_text.py",
    "integration/test_mail_settings.py",
    "exports/mapping/test_mapping_page.py",
    "console/test_accessible.py",
    "integration/test_broker.py",
    "exports/coverage/test_coverage.py",
    "exact/lane/test_lane.py",
    "clyo_ingest/test_schemathesis.py",
    "clyo_ingest/test_closings_push.py",
    "integration/test_dotnet_till.py",
    "tools/fuzz/test_fuzz.py",
    "tools/test_stack.py",
)
PLACES = {str(Path(__file__).parent / name): place for place, name in enumerate(LONGEST)}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: PLACES.get(str(item.path), len(LONGEST)))  # the others stay as they were found
