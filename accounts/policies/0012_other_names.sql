-- accounts_organisation: a lead keeps the other names of an own landlord. Its name and its kind are an administrator's.
DROP POLICY IF EXISTS organisation_update_lead ON accounts_organisation;
CREATE POLICY organisation_update_lead ON accounts_organisation FOR UPDATE USING (
    id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[])
);

CREATE OR REPLACE FUNCTION palier_keep_name() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.id = ANY (palier_ids('palier.lead_of')) AND palier_ids('palier.admin_of') = '{}' THEN
        RAISE EXCEPTION 'a lead may not rename an organisation' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS keep_name ON accounts_organisation;
CREATE TRIGGER keep_name BEFORE UPDATE ON accounts_organisation FOR EACH ROW
    WHEN ((OLD.id, OLD.name, OLD.kind) IS DISTINCT FROM (NEW.id, NEW.name, NEW.kind))
    EXECUTE FUNCTION palier_keep_name();
