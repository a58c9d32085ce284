-- What the other files share.

-- A score from what was found: a level, -1 for what is unknown or an error, NULL for what takes no part.
CREATE MACRO level(found) AS CASE WHEN found >= 0 THEN found END::TINYINT;
CREATE MACRO low(found) AS CASE WHEN found < 0 THEN 0 ELSE found END::TINYINT;
CREATE MACRO high(found) AS CASE WHEN found < 0 THEN 4 ELSE found END::TINYINT;

-- What a part gives to its model: its own score where it is live and was scored, else anything.
CREATE MACRO part_low(is_sure, low) AS CASE WHEN is_sure THEN low ELSE 0 END;
CREATE MACRO part_point(is_sure, point) AS CASE WHEN is_sure THEN point END;
CREATE MACRO part_high(is_sure, high) AS CASE WHEN is_sure THEN high ELSE 4 END;
CREATE MACRO part_outcome(is_sure, outcome) AS CASE WHEN is_sure THEN outcome ELSE 'unknown' END;

-- Means are of nine places; a share of parts is one of zeros and ones.
CREATE MACRO mean(level) AS ROUND(AVG(level), 9);
CREATE MACRO share_of(level, least) AS ROUND(AVG((level >= least)::INTEGER), 9);
CREATE MACRO share_level(share) AS CASE
    WHEN share >= 1 THEN 4 WHEN share >= 0.95 THEN 3 WHEN share >= 0.8 THEN 2 WHEN share >= 0.5 THEN 1 WHEN share >= 0 THEN 0
END::DOUBLE;
CREATE MACRO classified_level(share) AS CASE
    WHEN share >= 1 THEN 4 WHEN share >= 0.98 THEN 3 WHEN share >= 0.9 THEN 2 WHEN share >= 0.7 THEN 1 WHEN share >= 0 THEN 0
END::DOUBLE;

-- Traffic that no source tells of, as a share of all; shares are of nine places, so a billionth is none.
CREATE MACRO untold(told) AS CASE WHEN 1 - COALESCE(told, 0) > 0.000001 THEN 1 - COALESCE(told, 0) ELSE 0 END;

-- By traffic: what is untold goes to the worst part, to the best, or to the known parts without a share.
CREATE MACRO by_traffic(level, extreme, share, rest) AS ROUND(COALESCE(
    (COALESCE(SUM(share * level), 0)::DOUBLE + ANY_VALUE(rest) * extreme)
    / NULLIF(COALESCE(SUM(share) FILTER (level IS NOT NULL), 0)::DOUBLE + ANY_VALUE(rest), 0),
    AVG(level)
), 9);
CREATE MACRO by_known_traffic(point, share, rest) AS ROUND(COALESCE(
    (COALESCE(SUM(share * point), 0)::DOUBLE + COALESCE(ANY_VALUE(rest) * AVG(point) FILTER (share IS NULL), 0))
    / NULLIF(
        COALESCE(SUM(share) FILTER (point IS NOT NULL), 0)::DOUBLE
        + CASE WHEN COUNT(point) FILTER (share IS NULL) > 0 THEN ANY_VALUE(rest) ELSE 0 END, 0
    ),
    AVG(point)
), 9);

-- The outcome of a node: the name of its level, names[1] of level 0; without a level, why.
CREATE MACRO outcome(names, point, low, unknown, error, exempt) AS CASE
    WHEN point IS NOT NULL THEN names[FLOOR(point)::TINYINT + 1]
    WHEN low IS NOT NULL AND error > 0 AND unknown = 0 THEN 'error'
    WHEN low IS NOT NULL THEN 'unknown'
    WHEN exempt > 0 THEN 'exempt'
    ELSE 'not_applicable'
END;

-- Of the outcomes, or levels, of all that stands below a node.
CREATE MACRO number_of(outcomes, wanted) AS LEN(LIST_FILTER(outcomes, LAMBDA each: each = wanted))::INTEGER;
CREATE MACRO number_known(outcomes) AS
    LEN(LIST_FILTER(outcomes, LAMBDA each: each NOT IN ('unknown', 'not_applicable', 'exempt', 'error')))::INTEGER;
CREATE MACRO gated(levels) AS
    CASE WHEN LIST_MIN(levels) <= 0 THEN LEAST(1, ROUND(LIST_AVG(levels), 9)) ELSE ROUND(LIST_AVG(levels), 9) END;

-- Over rows that stand for several models each.
CREATE MACRO models(number, holds) AS COALESCE(SUM(number) FILTER (holds), 0)::BIGINT;
CREATE MACRO mean_of(number, level) AS ROUND(SUM(number * level) / SUM(number) FILTER (level IS NOT NULL), 9);
CREATE MACRO share_from(number, level, least) AS
    ROUND(SUM(number * (level >= least)::INTEGER) / SUM(number) FILTER (level IS NOT NULL), 9);

CREATE MACRO ratio(part, whole) AS ROUND(COALESCE(part, 0)::DOUBLE / NULLIF(whole, 0), 9);
