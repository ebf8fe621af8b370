-- The disruptions that were not cancelled, at places that are open; if asked, those alone that a security lead has seen.
(SELECT * FROM incidents_disruption WHERE cancelled_at IS NULL AND (seen_at IS NOT NULL OR NOT %(seen_only)s::boolean) {open})
