-- Follows levels.sql: the places whose stored level is another one, counted, and one page of them.
, moved AS MATERIALIZED (
    SELECT s.id, s.residence_id, s.address_id IS NULL AS whole, s.level AS before, l.level AS after,
        s.retained IS NOT NULL AS decided
    FROM levels l JOIN classification_sitelevel s
        ON s.residence_id = l.residence_id AND coalesce(s.address_id, 0) = coalesce(l.address_id, 0)
    WHERE s.as_of = %(as_of)s AND s.level <> l.level
)
SELECT (
    SELECT jsonb_agg(jsonb_build_array(whole, before, after, places, decided) ORDER BY whole DESC, before DESC, after DESC)
    FROM (
        SELECT whole, before, after, count(*) AS places, count(*) FILTER (WHERE decided) AS decided
        FROM moved GROUP BY 1, 2, 3
    ) flows
), (
    SELECT jsonb_agg(jsonb_build_array(id, after) ORDER BY place) FROM (
        SELECT m.id, m.after, row_number() OVER (ORDER BY m.after DESC, m.before DESC, {name}, m.id) AS place
        FROM moved m JOIN sites_residence r ON r.id = m.residence_id
        WHERE m.whole = %(whole)s
        ORDER BY place LIMIT %(per_page)s OFFSET %(per_page)s * least(
            %(page)s - 1, (SELECT greatest(0, count(*) - 1) / %(per_page)s FROM moved WHERE whole = %(whole)s))
    ) page
)
