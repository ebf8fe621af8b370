-- What landlords share no more closes a note to everybody; it is withdrawn all the same, in a scope of the product.
DROP POLICY IF EXISTS note_withdrawing ON partners_synthesisnote;
CREATE POLICY note_withdrawing ON partners_synthesisnote FOR SELECT USING (
    issued_at IS NOT NULL AND (SELECT palier_is_system('withdrawing'))
);
DROP POLICY IF EXISTS note_withdrawing_update ON partners_synthesisnote;
CREATE POLICY note_withdrawing_update ON partners_synthesisnote FOR UPDATE USING (
    issued_at IS NOT NULL AND (SELECT palier_is_system('withdrawing'))
);
