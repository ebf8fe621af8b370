-- Follows levels.sql: the residences as a whole, for the pages that compare with a past day.
INSERT INTO classification_pastlevel (landlord_id, commune_id, residence_id, grid_version_id, day, level)
SELECT landlord_id, commune_id, residence_id, %(grid_version)s, %(as_of)s, level
FROM levels WHERE address_id IS NULL
