-- core_sign: an administrator reads when processes and services answered; the product's scope "installation" writes it.
ALTER TABLE core_sign ENABLE ROW LEVEL SECURITY;
ALTER TABLE core_sign FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sign_select ON core_sign;
CREATE POLICY sign_select ON core_sign FOR SELECT USING (
    (SELECT palier_ids('palier.admin_of')) <> '{}' OR (SELECT palier_is_system('installation'))
);
DROP POLICY IF EXISTS sign_insert ON core_sign;
CREATE POLICY sign_insert ON core_sign FOR INSERT WITH CHECK (
    (SELECT palier_is_system('installation'))
);
DROP POLICY IF EXISTS sign_update ON core_sign;
CREATE POLICY sign_update ON core_sign FOR UPDATE USING (
    (SELECT palier_is_system('installation'))
);
DROP POLICY IF EXISTS sign_delete ON core_sign;
CREATE POLICY sign_delete ON core_sign FOR DELETE USING (
    (SELECT palier_is_system('installation'))
);
