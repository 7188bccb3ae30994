from django.db import migrations, models

from tenants.audit import audited

NOT_AUDITED = ["updated_at", "former_slots"]  # what follows from the parameters is no change of its own


def _said(parameters):
    """The slots that say where they go, by number and rate."""
    for sent in parameters.get("vat", []):
        if float(sent["rate"]) or sent.get("sales_account") or sent.get("vat_code"):
            yield (sent["slot"], sent["rate"]), sent


def fill(apps, schema_editor):
    """What tills said before stands in the history of each mapping."""
    events = apps.get_model("exact", "MappingEvent").objects.order_by("at", "pk")
    for mapping in apps.get_model("exact", "Mapping").objects.iterator():
        former = {}
        for before in events.filter(mapping=mapping, before__has_key="parameters").values_list("before", flat=True):
            former |= dict(_said(before["parameters"]))
        in_force = dict(_said(mapping.parameters))
        kept = [former[key] for key in sorted(former) if key not in in_force]
        if kept:
            mapping.former_slots = kept
            mapping.save(update_fields=["former_slots"])


class Migration(migrations.Migration):
    dependencies = [("exact", "0020_compared_entries")]

    operations = [
        migrations.AddField(
            model_name="mapping",
            name="former_slots",
            field=models.JSONField(db_default=[], default=list, editable=False),
        ),
        migrations.RunSQL("DROP TRIGGER exact_mapping_audited ON exact_mapping", migrations.RunSQL.noop),
        audited("exact_mapping", silent=NOT_AUDITED),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
