-- Grids: a version is saved by a coordinator and never changed. Its adoption is proposed by a coordinator, answered by the
-- leads of the landlords that share with the territory, and counts from its first day on once all of them have accepted.
ALTER TABLE classification_gridversion ENABLE ROW LEVEL SECURITY;
ALTER TABLE classification_gridversion FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS gridversion_select ON classification_gridversion;
CREATE POLICY gridversion_select ON classification_gridversion FOR SELECT USING (
    true
);
DROP POLICY IF EXISTS gridversion_insert ON classification_gridversion;
CREATE POLICY gridversion_insert ON classification_gridversion FOR INSERT WITH CHECK (
    (territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[]) AND NOT is_default) OR (SELECT palier_is_system('seeding'))
);
DROP POLICY IF EXISTS gridversion_update ON classification_gridversion;
CREATE POLICY gridversion_update ON classification_gridversion FOR UPDATE USING (
    (SELECT palier_is_system('seeding'))
);
DROP POLICY IF EXISTS gridversion_delete ON classification_gridversion;
CREATE POLICY gridversion_delete ON classification_gridversion FOR DELETE USING (
    (SELECT palier_is_system('seeding'))
);
ALTER TABLE classification_gridadoption ENABLE ROW LEVEL SECURITY;
ALTER TABLE classification_gridadoption FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS gridadoption_select ON classification_gridadoption;
CREATE POLICY gridadoption_select ON classification_gridadoption FOR SELECT USING (
    ((SELECT palier_user()) IS NOT NULL AND state = 'adopted') OR territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[]) OR territory_id = ANY ((SELECT palier_ids('palier.landlord_territories'))::bigint[]) OR (SELECT palier_is_system('evaluation', 'seeding'))
);
DROP POLICY IF EXISTS gridadoption_insert ON classification_gridadoption;
CREATE POLICY gridadoption_insert ON classification_gridadoption FOR INSERT WITH CHECK (
    (territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[]) AND state = 'proposed' AND starts_on >= (SELECT palier_today())) OR (SELECT palier_is_system('seeding'))
);
DROP POLICY IF EXISTS gridadoption_update ON classification_gridadoption;
CREATE POLICY gridadoption_update ON classification_gridadoption FOR UPDATE USING (
    territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[]) OR (SELECT palier_is_system('evaluation', 'seeding'))
);
DROP POLICY IF EXISTS gridadoption_delete ON classification_gridadoption;
CREATE POLICY gridadoption_delete ON classification_gridadoption FOR DELETE USING (
    (SELECT palier_is_system('seeding'))
);
ALTER TABLE classification_adoptionstep ENABLE ROW LEVEL SECURITY;
ALTER TABLE classification_adoptionstep FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS adoptionstep_select ON classification_adoptionstep;
CREATE POLICY adoptionstep_select ON classification_adoptionstep FOR SELECT USING (
    territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[]) OR territory_id = ANY ((SELECT palier_ids('palier.landlord_territories'))::bigint[]) OR organisation_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) OR (SELECT palier_is_system('evaluation', 'seeding'))
);
DROP POLICY IF EXISTS adoptionstep_insert ON classification_adoptionstep;
CREATE POLICY adoptionstep_insert ON classification_adoptionstep FOR INSERT WITH CHECK (
    (by_id = (SELECT palier_user()) AND (((kind = 'proposed' OR kind = 'withdrawn') AND territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[]) AND organisation_id = ANY ((SELECT palier_ids('palier.coordinator_of'))::bigint[]) AND adoption_id IN (SELECT a.id FROM classification_gridadoption a WHERE a.territory_id = classification_adoptionstep.territory_id AND true)) OR ((kind = 'accepted' OR kind = 'refused') AND organisation_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) AND (organisation_id, territory_id) IN (SELECT f.landlord_id, f.territory_id FROM palier_agreements_in_force() f) AND adoption_id IN (SELECT a.id FROM classification_gridadoption a WHERE a.territory_id = classification_adoptionstep.territory_id AND a.state = 'proposed' AND a.starts_on >= (SELECT palier_today()))))) OR (SELECT palier_is_system('seeding'))
);

-- The version that counts for each territory on a day: of those adopted whose first day has come, the last to begin.
CREATE OR REPLACE FUNCTION palier_grids_on(on_day date) RETURNS TABLE (territory_id bigint, grid_version_id bigint, adoption_id bigint)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
        SELECT DISTINCT ON (a.territory_id) a.territory_id, a.grid_version_id, a.id
        FROM classification_gridadoption a
        WHERE a.state = 'adopted' AND coalesce(a.starts_on, '-infinity') <= on_day
        ORDER BY a.territory_id, a.starts_on DESC NULLS LAST, a.settled_at DESC NULLS LAST, a.id DESC;
    END;

-- How many landlords have still to accept what is proposed: those that share with its territory at this moment. It reads the
-- agreements of all of them, as the owner of the tables, and tells a number alone.
CREATE OR REPLACE FUNCTION palier_adoption_awaits(adoption bigint) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET row_security = on AS $$
    SELECT count(DISTINCT f.landlord_id)
    FROM classification_gridadoption a JOIN palier_agreements_in_force() f ON f.territory_id = a.territory_id
    WHERE a.id = adoption AND NOT EXISTS (
        SELECT 1 FROM classification_adoptionstep s
        WHERE s.adoption_id = a.id AND s.organisation_id = f.landlord_id AND s.kind = 'accepted')
$$;

-- It keeps what an adoption is about, and lets it be settled alone, once, as what was said of it allows.
CREATE OR REPLACE FUNCTION palier_guard_adoption() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    step text := OLD.state || '>' || NEW.state;
BEGIN
    IF palier_is_system('seeding') THEN
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.territory_id, NEW.grid_version_id, NEW.starts_on, NEW.created_at) IS DISTINCT FROM
            (OLD.id, OLD.territory_id, OLD.grid_version_id, OLD.starts_on, OLD.created_at)
        OR NOT coalesce(CASE step
            WHEN 'proposed>adopted' THEN palier_is_system('evaluation') AND NEW.starts_on >= palier_today()
                AND palier_adoption_awaits(NEW.id) = 0 AND EXISTS (
                    SELECT 1 FROM classification_adoptionstep s WHERE s.adoption_id = NEW.id AND s.kind = 'accepted')
            WHEN 'proposed>refused' THEN palier_is_system('evaluation') AND EXISTS (
                SELECT 1 FROM classification_adoptionstep s WHERE s.adoption_id = NEW.id AND s.kind = 'refused')
            WHEN 'proposed>withdrawn' THEN NOT palier_is_system('evaluation')
            WHEN 'adopted>withdrawn' THEN NOT palier_is_system('evaluation') AND NEW.starts_on > palier_today()
            ELSE false END, false)
    THEN
        RAISE EXCEPTION 'the adoption of a grid is settled by those whom it asks' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS guard_adoption ON classification_gridadoption;
CREATE TRIGGER guard_adoption BEFORE UPDATE ON classification_gridadoption FOR EACH ROW
    EXECUTE FUNCTION palier_guard_adoption();
DROP POLICY IF EXISTS agreement_select_evaluation ON sites_sharingagreement;
CREATE POLICY agreement_select_evaluation ON sites_sharingagreement FOR SELECT USING (
    (SELECT palier_is_system('evaluation'))
);
DROP POLICY IF EXISTS terms_select_evaluation ON sites_agreementterms;
CREATE POLICY terms_select_evaluation ON sites_agreementterms FOR SELECT USING (
    (SELECT palier_is_system('evaluation'))
);
