-- A note goes to a circle of its own territory, and its copies to that circle's people: a
-- copy opens the note to its holder and to the coordinator, so it must not name another's.
ALTER TABLE partners_synthesisnote DROP CONSTRAINT IF EXISTS note_follows_circle;
ALTER TABLE partners_synthesisnote ADD CONSTRAINT note_follows_circle
    FOREIGN KEY (circle_id, territory_id) REFERENCES partners_circle (id, territory_id);

-- A trigger, not a policy: the policy of a note reads copies, which would read notes.
CREATE OR REPLACE FUNCTION palier_copy_follows_circle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM partners_synthesisnote n JOIN partners_mandate m ON m.circle_id = n.circle_id
        WHERE n.id = NEW.note_id AND m.id = NEW.mandate_id
    ) THEN
        RAISE EXCEPTION 'A copy goes to a member of the circle its note was issued to.'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'copy_follows_circle';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS copy_follows_circle ON partners_notecopy;
CREATE TRIGGER copy_follows_circle BEFORE INSERT OR UPDATE OF note_id, mandate_id ON partners_notecopy
    FOR EACH ROW EXECUTE FUNCTION palier_copy_follows_circle();
