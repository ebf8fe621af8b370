"""Add to each published site a key that identifies it in all publications to the circle, renamed or not."""

from django.db import migrations, models

from core.rls import acting_as

# Until now a site was identified by its landlord, commune and name. If these still identify one residence,
# the site gets that residence's key; if they identify none any more, a random key shared by the sites of that
# name; if two sites of one publication share them, none: such sites were never compared. The digest is the
# one of partners/publications/keys.py. Triggers and policies hold for the owner of the tables too: the triggers
# are disabled meanwhile, and a scope is set under which the policies show the rows.
FILL = acting_as("seeding", """
ALTER TABLE partners_publishedsite DISABLE TRIGGER USER;
WITH called AS (
    SELECT p.circle_id, s.shared_by_id, s.commune, s.name, gen_random_uuid() AS lost
    FROM partners_publishedsite s JOIN partners_publication p ON p.id = s.publication_id
    GROUP BY 1, 2, 3, 4
), residences AS (
    SELECT r.landlord_id, c.name AS commune, r.name, (array_agg(r.opaque_id))[1] AS opaque_id
    FROM sites_residence r JOIN sites_commune c ON c.id = r.commune_id
    GROUP BY 1, 2, 3 HAVING count(*) = 1
), alone AS (
    SELECT s.publication_id, s.shared_by_id, s.commune, s.name, min(s.id) AS id
    FROM partners_publishedsite s GROUP BY 1, 2, 3, 4 HAVING count(*) = 1
)
UPDATE partners_publishedsite s SET key = coalesce(
    encode(substr(sha256(uuid_send(r.opaque_id) || int8send(n.circle_id)), 1, 16), 'hex')::uuid, n.lost
)
FROM alone a
JOIN partners_publication p ON p.id = a.publication_id
JOIN called n ON (n.circle_id, n.shared_by_id, n.commune, n.name)
    = (p.circle_id, a.shared_by_id, a.commune, a.name)
LEFT JOIN residences r ON (r.landlord_id, r.commune, r.name) = (a.shared_by_id, a.commune, a.name)
WHERE s.id = a.id;
ALTER TABLE partners_publishedsite ENABLE TRIGGER USER;
""")  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("sites", "0006_opaque_identifiers"), ("partners", "0007_scope")]

    operations = [
        migrations.AddField(
            model_name="publishedsite", name="key", field=models.UUIDField(editable=False, null=True)
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="publishedsite",
            constraint=models.UniqueConstraint(
                fields=("publication", "key"), name="published_site_key_is_unique"
            ),
        ),
    ]
