WITH valued AS (
    SELECT
        *,
        CASE WHEN test_count = 0 THEN 0 ELSE ROUND(passed_count::DOUBLE / test_count, 9) END::DOUBLE AS inputs_tested__value
    FROM standard.feature_sources
),

judged AS (
    SELECT
        *,
        CASE
            WHEN inputs_tested__value IS NULL THEN 'unknown'
            WHEN inputs_tested__value >= 0.995 THEN 'nearly_all'
            WHEN inputs_tested__value >= 0.98 THEN 'most'
            WHEN inputs_tested__value >= 0.95 THEN 'many'
            WHEN inputs_tested__value >= 0.8 THEN 'some'
            ELSE 'few_or_none'
        END AS inputs_tested__outcome
    FROM valued
),

found AS (
    SELECT
        *,
        CASE inputs_tested__outcome
            WHEN 'nearly_all' THEN 4 WHEN 'most' THEN 3 WHEN 'many' THEN 2 WHEN 'some' THEN 1 WHEN 'few_or_none' THEN 0
            WHEN 'unknown' THEN -1
        END AS inputs_tested__found
    FROM judged
)

SELECT
    COLUMNS('.*_id'),
    is_live,
    COLUMNS('.*__outcome'),
    level(COLUMNS('(.*)__found')) AS '\1__level',
    low(COLUMNS('(.*)__found')) AS '\1__low',
    level(COLUMNS('(.*)__found')) AS '\1__point',
    high(COLUMNS('(.*)__found')) AS '\1__high',
    inputs_tested__value,
    CASE WHEN inputs_tested__outcome = 'unknown' THEN 'passed_count' END AS inputs_tested__reason
FROM found
