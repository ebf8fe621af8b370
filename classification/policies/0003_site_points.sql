-- The point of a level follows its address's, in the transaction that moves it; levels are
-- the evaluation's to write, so the function acts in its scope.

CREATE OR REPLACE FUNCTION palier_site_point_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before text := current_setting('palier.system', true);
BEGIN
    PERFORM set_config('palier.system', 'evaluation', true);
    UPDATE classification_sitelevel SET longitude = NEW.longitude, latitude = NEW.latitude
    WHERE residence_id = NEW.residence_id AND address_id = NEW.id;
    UPDATE classification_sitelevel SET longitude = middle.longitude, latitude = middle.latitude
    FROM (
        SELECT avg(longitude) AS longitude, avg(latitude) AS latitude
        FROM sites_address WHERE residence_id = NEW.residence_id) middle
    WHERE residence_id = NEW.residence_id AND address_id IS NULL;
    PERFORM set_config('palier.system', coalesce(before, ''), true);
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS site_point_follows ON sites_address;
CREATE TRIGGER site_point_follows AFTER UPDATE OF longitude, latitude ON sites_address
    FOR EACH ROW
    WHEN ((OLD.longitude, OLD.latitude) IS DISTINCT FROM (NEW.longitude, NEW.latitude))
    EXECUTE FUNCTION palier_site_point_follows();
