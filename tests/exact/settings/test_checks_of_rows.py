"""What Exact is asked of each row of the table of settings, and that its catalogue knows every kind of code."""

from booking.codes import CodeKind
from booking.setting import Need
from booking.settings_table import ROWS
from exact.models import CatalogueKind
from exact.settings.checks import OF_EVERY_CLOSING


def test_checks__of_every_closing_are_those_of_the_table() -> None:
    needed = {setting.field for _group, setting in ROWS if setting.need is Need.EVERY_CLOSING}
    assert set(OF_EVERY_CLOSING) == needed


def test_checks__of_some_closings_know_every_kind_of_code_there() -> None:
    codes = {setting.code for _group, setting in ROWS if setting.need is Need.SOME_CLOSINGS}
    assert codes <= {CodeKind.GL_ACCOUNT, CodeKind.JOURNAL, None}


def test_catalogue__has_every_kind_of_code_by_the_same_words() -> None:
    of_exact = {"period", "asked_for"}
    assert {it.value: str(it.label) for it in CatalogueKind if it.value not in of_exact} == {
        it.value: str(it.label) for it in CodeKind
    }
    assert of_exact <= {*CatalogueKind.values}
