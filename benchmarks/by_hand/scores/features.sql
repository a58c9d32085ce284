WITH judged AS (
    SELECT
        *,
        CASE
            WHEN NOT classification IN ('personal', 'sensitive') THEN 'not_applicable'
            WHEN classification IS NULL THEN 'unknown'
            WHEN reviewed_at >= (SELECT as_of FROM standard.run) - INTERVAL 365 DAY THEN 'reviewed_lately'
            WHEN reviewed_at IS NOT NULL THEN 'reviewed'
            ELSE 'unreviewed'
        END AS sensitive_features_reviewed__outcome,
        CASE WHEN classification IS NOT NULL THEN 'classified' ELSE 'unclassified' END AS sensitivity_classified__outcome
    FROM standard.features
),

found AS (
    SELECT
        *,
        CASE sensitive_features_reviewed__outcome
            WHEN 'reviewed_lately' THEN 4 WHEN 'reviewed' THEN 3 WHEN 'unreviewed' THEN 0 WHEN 'unknown' THEN -1
        END AS sensitive_features_reviewed__found,
        CASE WHEN classification IS NOT NULL THEN 4 ELSE 0 END AS sensitivity_classified__found
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
    NULL::VARCHAR AS sensitive_features_reviewed__value,
    NULL::VARCHAR AS sensitivity_classified__value,
    CASE WHEN sensitive_features_reviewed__outcome = 'unknown' THEN 'classification' END AS sensitive_features_reviewed__reason,
    NULL::VARCHAR AS sensitivity_classified__reason
FROM found
