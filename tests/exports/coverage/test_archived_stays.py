"""The database lets an archived closing go on for the very reasons that the program does."""

import re

from exports.way.states import MAY_COME_BACK
from postgres.in_force import SQL


def test_trigger__names_the_problems_of_closings_that_are_looked_at_again() -> None:
    named = re.search(r"'code'\s+IN \((.*?)\)", (SQL / "exports_archived_stays.sql").read_text())
    assert named
    assert {*re.findall(r"'(\w+)'", named[1])} == MAY_COME_BACK
