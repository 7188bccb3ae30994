"""The till's side: it prints the address and waits; the reseller's: a link from the console or by mail."""

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core import mail
from django.test import Client
from django.urls import reverse

from exact.models import Activation, ActivationLink, Connection
from tenants.factories import StaffFactory
from tests.conftest import ROOT
from tests.exact.activation.given import Reader, Shop, linked

ESTABLISHMENTS = "admin:tenants_establishment_changelist"


@contextmanager
def ending_at_last(process: "subprocess.Popen[str]") -> Iterator["subprocess.Popen[str]"]:
    """A program that a failed test leaves waiting is stopped, and so is one that says nothing for a minute."""
    watch = threading.Timer(60, process.kill)
    watch.start()
    try:
        with process:
            try:
                yield process
            finally:
                process.kill()
    finally:
        watch.cancel()


def test_till__prints_the_address_and_waits_for_the_company(shop: Shop, reader: Reader, tmp_path: Path) -> None:
    (tmp_path / "identity.json").write_text(json.dumps({"server": shop.served, "key": shop.caller.key}))
    command = [sys.executable, "-m", "simulators.clyo_till", "activate", "--state", str(tmp_path)]
    with ending_at_last(subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)) as till:
        assert till.stdout is not None
        reader.begin(till.stdout.readline().split()[-1])
        reader.log_in(shop.user)
        reader.wait_for("comptabilité")
        reader.choose(shop.division)
        reader.say_start()
        reader.wait_for(f"{shop.division} - TEST")
        said = till.stdout.read()
        assert till.wait(30) == 0
    assert said.splitlines()[-1] == f"Export vers Exact actif : {shop.division} - TEST"


def test_console__makes_a_link_and_mails_one(shop: Shop, reader: Reader) -> None:
    establishment = shop.till.establishment
    staff = Client()
    staff.force_login(StaffFactory(reseller=shop.till.tenant.reseller))
    chosen = {"_selected_action": [str(establishment.pk)]}
    page = staff.post(reverse(ESTABLISHMENTS), {"action": "make_activation_link", **chosen}, follow=True)
    url = re.search(rf"{shop.served}/activation/[\w-]+", page.content.decode())
    assert url is not None
    reader.open(url[0])
    assert reader.heading == "Activer l’export vers Exact"

    page = staff.post(reverse(ESTABLISHMENTS), {"action": "mail_activation_link", **chosen}, follow=True)
    assert "adresse e-mail de contact" in page.content.decode()
    type(establishment).objects.update(contact_email="patron@bistrot.example")
    staff.post(reverse(ESTABLISHMENTS), {"action": "mail_activation_link", **chosen})
    assert mail.outbox[0].to == ["patron@bistrot.example"]
    mailed = re.search(rf"{shop.served}/activation/[\w-]+", mail.outbox[0].body)
    assert mailed is not None
    reader.open(mailed[0])
    assert reader.heading == "Activer l’export vers Exact"


def test_console__of_another_reseller_makes_no_link_and_stops_nothing(shop: Shop, reader: Reader) -> None:
    linked(shop, reader)
    links, stranger = ActivationLink.objects.count(), Client()
    stranger.force_login(StaffFactory())
    actions = [
        (ESTABLISHMENTS, "make_activation_link", shop.till.establishment_id),
        (ESTABLISHMENTS, "mail_activation_link", shop.till.establishment_id),
        ("admin:exact_activation_changelist", "switch_off", Activation.objects.get().pk),
        ("admin:exact_connection_changelist", "disconnect", Connection.objects.get().pk),
    ]
    for address, action, pk in actions:
        stranger.post(reverse(address), {"action": action, "_selected_action": [str(pk)]})
    assert (ActivationLink.objects.count(), len(mail.outbox), shop.state()) == (links, 0, "active")
    assert Connection.objects.get().refresh_token


def test_till__sees_and_stops_its_own_establishment_only(shop: Shop, other_shop: Shop, reader: Reader) -> None:
    linked(shop, reader)
    assert other_shop.state() == "inactive"
    assert other_shop.caller.delete("activation").status_code == 204
    assert shop.state() == "active"
