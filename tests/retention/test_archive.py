"""A customer's whole data in one file: every row of theirs, nobody else's, no secret, and provable."""

import hashlib
import json
import re
from io import BytesIO, StringIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command

from clyo_ingest.models import Push, TillKey
from retention.archive import write_archive
from retention.archive_rows import tables_of_customers
from retention.models import RetentionAct
from tenants.models import Tenant, User
from tests.world import world


def archived(tenant: Tenant) -> dict[str, bytes]:
    file = BytesIO()
    write_archive(tenant, file)
    with ZipFile(file) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist()}


@pytest.mark.django_db(transaction=True)
def test_archive__has_every_row_and_file_of_the_customer_and_of_nobody_else() -> None:
    here = world()
    found = archived(here.own.tenant)
    for model in tables_of_customers():
        lines = found[f"tables/{model._meta.db_table}.jsonl"].splitlines()
        of = {Tenant: {"pk": here.own.tenant.pk}, User: {"memberships__tenant": here.own.tenant}}
        assert len(lines) == model._default_manager.filter(**of.get(model, {"tenant": here.own.tenant})).count(), model
    sent = [body for name, body in found.items() if name.startswith("pushes/")]
    assert sorted(sent) == sorted(bytes(push.body) for push in Push.objects.filter(tenant=here.own.tenant))
    assert found[f"files/{here.own.export.pk}/PROPRE.txt"] == b"PROPRE\tle fichier\r\n"
    told = b"\n".join(found.values()).decode()
    assert "PROPRE" in told and "SOEURETTE" not in told and "VOISIN" not in told
    assert "PROPRE prévient" not in told, "a note of those who look after the customer"


@pytest.mark.django_db(transaction=True)
def test_archive__holds_no_secret_and_proves_its_files() -> None:
    here = world()
    here.own.accountant.set_password("un mot de passe long")
    here.own.accountant.save()
    found = archived(here.own.tenant)
    key = TillKey.objects.get(till=here.own.caller.till)
    told = b"\n".join(found.values()).decode()
    for secret in (key.digest, here.own.accountant.password):
        assert secret and secret not in told
    tokens = json.loads(found["tables/exact_connection.jsonl"])
    assert not {"access_token", "refresh_token"} & set(tokens)
    assert json.loads(found["tables/clyo_ingest_receivedclosing.jsonl"])["digest"]
    sums = {name: digest for digest, name in re.findall(r"^(\w{64})  (.+)$", found.pop("SHA256SUMS").decode(), re.M)}
    assert {name: hashlib.sha256(body).hexdigest() for name, body in found.items()} == sums
    assert "Toutes les données de PROPRE SARL" in found["LISEZ-MOI.txt"].decode()


@pytest.mark.django_db(transaction=True)
def test_command__writes_the_file_once(tmp_path: Path) -> None:
    here = world()
    out = StringIO()
    to = tmp_path / "client.zip"
    call_command("archive_customer", str(here.own.tenant.pk), "--to", str(to), stdout=out)
    assert "PROPRE SARL" in out.getvalue() and [it.name for it in tmp_path.iterdir()] == ["client.zip"]
    act = RetentionAct.objects.get()
    assert (act.customer, act.failed, act.rows["exports.StoredClosing"]) == (here.own.tenant, "", 1)
    assert act.ended_at is not None and act.ended_at > act.began_at
    before = to.read_bytes()
    with pytest.raises(CommandError, match="exists already"):
        call_command("archive_customer", str(here.own.tenant.pk), "--to", str(to))
    assert to.read_bytes() == before
    with pytest.raises(CommandError, match="No customer"):
        call_command("archive_customer", "0", "--to", str(tmp_path / "other.zip"))
    with pytest.raises(CommandError, match="No customer"):
        call_command("archive_customer", "abc", "--to", str(tmp_path / "other.zip"))
