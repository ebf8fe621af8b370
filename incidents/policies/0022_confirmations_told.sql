-- The nightly telling of observations that are about to lapse marks the confirmations that it told of.
DROP POLICY IF EXISTS confirmation_update_evaluation ON incidents_confirmation;
CREATE POLICY confirmation_update_evaluation ON incidents_confirmation FOR UPDATE USING (
    (SELECT palier_is_system('evaluation'))
);
