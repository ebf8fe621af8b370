-- It writes a setting while it reads, which a function that PostgreSQL may call as often or as seldom as it
-- likes must not.
ALTER FUNCTION palier_live_agreements() VOLATILE;
