"""Who sees to a closing: one person at a time, taken knowingly, ended when nothing is left; and notes on it."""

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from exact.models import Finding, FindingKind
from exports.models import Assignment, ClosingState, StoredClosing
from exports.way.states import move_closing
from tenants.factories import AccountantFactory, MerchantFactory, StaffFactory, SupportFactory
from tenants.models import Letters, Note, User
from tests.clients import english_client_of
from tests.conftest import Caller
from tests.exports.console.test_set_aside import unbalanced
from tests.world import linked, refused

LIST = "admin:exports_storedclosing_changelist"


@pytest.fixture
def held(till: Caller) -> StoredClosing:
    return unbalanced(till)


@pytest.fixture
def camille(held: StoredClosing) -> User:
    return StaffFactory(name="Camille", reseller=held.tenant.reseller)


def press(client: Client, closing: StoredClosing, button: str, **form: Any) -> str:
    """Press a button of the closing's page; what it says last."""
    answer = client.post(reverse(f"console_{button}_closing", args=[closing.pk]), form)
    assert answer.status_code == 302
    return [str(it) for it in get_messages(answer.wsgi_request)][-1]


def shown(client: Client, closing: StoredClosing) -> Any:
    return client.get(reverse("admin:exports_storedclosing_change", args=[closing.pk])).context


def names(client: Client, **asked: str) -> list[str]:
    """Who sees to the closings of a list."""
    rows = client.get(reverse(LIST), asked).context["cl"].result_list
    return [str(it.assignment.person) if it.assignment else "" for it in rows]


def test_taken__is_told_wherever_the_closing_is(held: StoredClosing, camille: User) -> None:
    client, marc = english_client_of(camille), english_client_of(StaffFactory(name="Marc", reseller=camille.reseller))
    assert "Nobody sees to it yet." in client.get(shown(client, held)["request"].path).content.decode()
    assert press(client, held, "take") == press(client, held, "take") == "You see to this closing."
    assert Assignment.objects.count() == 1, "pressed twice"
    assert shown(marc, held)["seen_to"]["words"].startswith("Camille sees to it since ")
    for page in (reverse("admin:index"), reverse("console_causes"), f"{reverse('console_search')}?q=1042"):
        assert "Camille sees to it" in marc.get(page).content.decode(), page
    assert (names(client, seen_to="me"), names(marc, seen_to="me")) == (["Camille"], [])
    assert (names(marc, seen_to="nobody"), names(marc, seen_to="somebody")) == ([], ["Camille"])
    assert press(client, held, "leave") == "You no longer see to this closing."
    assert names(marc, seen_to="nobody", state="attention") == [""]
    told = [it.what for it in shown(marc, held)["history"] if not it.state]
    assert told == ["Camille no longer sees to it", "Camille sees to it"]


def test_taken_by_two_at_once__the_second_is_told_and_takes_over_knowingly(held: StoredClosing, camille: User) -> None:
    marc = StaffFactory(name="Marc", reseller=camille.reseller)
    first, second = english_client_of(camille), english_client_of(marc)
    press(first, held, "take")
    assert "Camille sees to it since" in press(second, held, "take"), "his page was older"
    now = shown(second, held)["seen_to"]["now"]
    assert now.person == camille
    press(second, held, "leave")
    assert Assignment.objects.get(ended_at=None).person == camille, "another's is left alone"
    press(second, held, "take", shown=now.pk)
    assert Assignment.objects.get(ended_at=None).person == marc
    assert "Marc sees to it since" in press(first, held, "take", shown=now.pk), "she was shown herself"
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.create(tenant=held.tenant, closing=held, person=camille, by=camille)


def test_handed__to_who_sees_it_and_to_nobody_else(held: StoredClosing, camille: User) -> None:
    marc = StaffFactory(name="Marc", reseller=camille.reseller)
    accountant = AccountantFactory(tenant=held.tenant, name="Anne")
    MerchantFactory(tenant=held.tenant)
    StaffFactory(name="Parti", reseller=camille.reseller, suspended_at=timezone.now())
    client, stranger = english_client_of(camille), StaffFactory()
    assert {*shown(client, held)["seen_to"]["colleagues"]} == {marc, accountant}
    assert press(client, held, "hand", person=stranger.pk) == "Choose a colleague who may see this closing."
    assert press(client, held, "hand") == "Choose a colleague who may see this closing."
    for _press in range(2):
        assert press(client, held, "hand", person=marc.pk) == "Marc sees to this closing."
    row = Assignment.objects.get()
    assert (row.person, row.by, row.ended_at) == (marc, camille, None)
    reader = english_client_of(accountant)
    assert shown(reader, held)["seen_to"]["colleagues"] == [], "members know nobody by this list"
    press(reader, held, "take", shown=row.pk)
    assert Assignment.objects.get(ended_at=None).person == accountant


def test_handed__tells_the_colleague_once_unless_they_want_no_letters(
    held: StoredClosing, camille: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    marc, anne = StaffFactory(name="Marc", reseller=camille.reseller), AccountantFactory(tenant=held.tenant)
    client = english_client_of(camille)
    User.objects.filter(pk=marc.pk).update(language="fr")
    for _press in range(2):
        press(client, held, "hand", person=marc.pk)
    [letter] = mail.outbox
    assert letter.to == [marc.email] and letter.subject.startswith("Camille vous confie")
    assert reverse("admin:exports_storedclosing_change", args=[held.pk]) in letter.body
    User.objects.filter(pk=anne.pk).update(letters=Letters.NEVER)
    row = Assignment.objects.get(ended_at=None)
    assert "gets no e-mails from here" in press(client, held, "hand", person=anne.pk, shown=row.pk)
    monkeypatch.setattr("exports.console.hand_mail.EmailMessage.send", unplugged)
    row = Assignment.objects.get(ended_at=None)
    assert "could not be sent" in press(client, held, "hand", person=marc.pk, shown=row.pk)
    assert Assignment.objects.get(ended_at=None).person == marc
    assert len(mail.outbox) == 1


def unplugged(_message: object) -> None:
    raise ConnectionRefusedError


def test_who_may_not__sees_it_at_most(held: StoredClosing, camille: User) -> None:
    press(english_client_of(camille), held, "take")
    merchant, stranger = english_client_of(MerchantFactory(tenant=held.tenant)), english_client_of(StaffFactory())
    looking = english_client_of(SupportFactory())
    looking.post(reverse("hijack:acquire"), {"user_pk": camille.pk})
    seen = shown(merchant, held)["seen_to"]
    assert (seen["may"], seen["now"].person) == (False, camille)
    for client, status in ((merchant, 403), (stranger, 404), (looking, 403)):
        for button in ("take", "hand", "leave"):
            answer = client.post(reverse(f"console_{button}_closing", args=[held.pk]), {"shown": "", "person": ""})
            assert answer.status_code == (status if client is not stranger else 404), button
    assert Assignment.objects.get().ended_at is None


def test_ends_by_itself__when_nothing_is_left_to_see_to(held: StoredClosing, camille: User) -> None:
    client = english_client_of(camille)
    press(client, held, "take")
    move_closing(held, ClosingState.ARCHIVED)
    row = Assignment.objects.get()
    assert row.ended_at is not None and row.ended_by is None
    assert shown(client, held)["seen_to"] is None
    assert press(client, held, "take").startswith("Nothing is left to see to")


def test_what_differs_in_exact__is_seen_to_until_that_is_settled(held: StoredClosing, camille: User) -> None:
    posting = refused(held, linked(held.tenant, "ECART", code=7), "ECART")
    StoredClosing.objects.filter(pk=held.pk).update(state=ClosingState.EXPORTED)
    finding = Finding.objects.create(tenant=held.tenant, posting=posting, kind=FindingKind.MISSING, details=[])
    client = english_client_of(camille)
    press(client, held, "take")
    assert Assignment.objects.get().ended_at is None
    Finding.objects.filter(pk=finding.pk).update(settled_at=timezone.now(), settlement="replaced")
    assert Assignment.objects.get().ended_at is not None


def test_a_note_on_a_closing__is_read_by_who_looks_after_it(held: StoredClosing, camille: User) -> None:
    client, address = english_client_of(camille), reverse("console_note_on_closing", args=[held.pk])
    for _twice in range(2):
        assert client.post(address, {"text": "Le gérant rappelle lundi"}).status_code == 302
    note = Note.objects.get()
    assert (note.closing_id, note.establishment, note.author) == (held.pk, held.establishment, camille)
    assert "Le gérant rappelle" in client.get(reverse("console_shop", args=[held.establishment_id])).content.decode()
    assert [it.text for it in shown(client, held)["notes"]["notes"]] == ["Le gérant rappelle lundi"]
    for reader in (AccountantFactory(tenant=held.tenant), MerchantFactory(tenant=held.tenant)):
        reading = english_client_of(reader)
        assert shown(reading, held)["notes"] is None
        assert reading.post(address, {"text": "x"}).status_code == 403
    assert english_client_of(StaffFactory()).post(address, {"text": "x"}).status_code == 404
    assert Note.objects.count() == 1
