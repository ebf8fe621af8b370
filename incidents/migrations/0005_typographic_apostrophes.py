"""Write the French names with typographic apostrophes, the labels of fact types included."""

from django.db import migrations, models

LABELS = {"LITTERING": "Jets de détritus ou dépôts d’ordures", "WEAPONS": "Présence d’armes"}


def write(apps, schema_editor):
    for code, label in LABELS.items():
        _types(apps, schema_editor).filter(code=code).update(label_fr=label)


def unwrite(apps, schema_editor):
    for code, label in LABELS.items():
        _types(apps, schema_editor).filter(code=code).update(label_fr=label.replace("’", "'"))


def _types(apps, schema_editor):
    return apps.get_model("incidents", "FactType").objects.using(schema_editor.connection.alias)


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0004_index_of_periods"),
    ]

    operations = [
        migrations.AlterField(
            model_name="disruption",
            name="ends_on",
            field=models.DateField(blank=True, null=True, verbose_name="jusqu’au (inclus)"),
        ),
        migrations.AlterField(
            model_name="disruption",
            name="service",
            field=models.CharField(
                choices=[
                    ("lift", "Ascenseur"),
                    ("entrance", "Porte d’entrée et interphone"),
                    ("lighting", "Éclairage"),
                    ("cleaning", "Nettoyage"),
                    ("waste", "Déchets"),
                    ("heating", "Chauffage"),
                    ("car_park", "Parking"),
                    ("deliveries", "Courrier et livraisons"),
                    ("contractors", "Interventions des prestataires"),
                    ("staff_presence", "Présence du personnel"),
                ],
                max_length=20,
                verbose_name="service ou équipement",
            ),
        ),
        migrations.AlterField(
            model_name="incident",
            name="cancel_reason",
            field=models.CharField(
                blank=True, editable=False, max_length=200, verbose_name="motif d’annulation"
            ),
        ),
        migrations.AlterField(
            model_name="incident",
            name="place_kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("lobby", "Hall"),
                    ("stairwell", "Cage d’escalier"),
                    ("landing", "Palier"),
                    ("lift", "Ascenseur"),
                    ("cellar", "Cave"),
                    ("car_park", "Parking"),
                    ("roof", "Toiture"),
                    ("bin_room", "Local poubelles"),
                    ("premises", "Local commun ou loge"),
                    ("dwelling", "Logement"),
                    ("surroundings", "Abords"),
                    ("public_space", "Espace public limitrophe"),
                ],
                max_length=20,
                verbose_name="lieu précis",
            ),
        ),
        migrations.AlterField(
            model_name="incidentevent",
            name="cancel_reason",
            field=models.CharField(
                blank=True, editable=False, max_length=200, verbose_name="motif d’annulation"
            ),
        ),
        migrations.AlterField(
            model_name="incidentevent",
            name="place_kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("lobby", "Hall"),
                    ("stairwell", "Cage d’escalier"),
                    ("landing", "Palier"),
                    ("lift", "Ascenseur"),
                    ("cellar", "Cave"),
                    ("car_park", "Parking"),
                    ("roof", "Toiture"),
                    ("bin_room", "Local poubelles"),
                    ("premises", "Local commun ou loge"),
                    ("dwelling", "Logement"),
                    ("surroundings", "Abords"),
                    ("public_space", "Espace public limitrophe"),
                ],
                max_length=20,
                verbose_name="lieu précis",
            ),
        ),
        migrations.RunPython(write, unwrite),
    ]
