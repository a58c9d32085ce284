-- Concept-drift exposure: what share of the live servings, and of their traffic, stands in each age since training.
WITH live AS (
    SELECT
        model_id,
        deployment_id,
        binary_id,
        slot,
        share,
        CASE WHEN is_live THEN retraining_age__outcome ELSE 'unknown' END AS bucket
    FROM score.servings
    WHERE COALESCE(is_live, TRUE) AND model_id IS NOT NULL
),

slot AS (
    SELECT deployment_id, binary_id, slot, share, COUNT(*) AS model_count FROM live GROUP BY ALL
),

traffic AS (
    -- What no source tells is divided equally among the deployment's servings without a share.
    SELECT
        deployment_id,
        untold(SUM(share::DECIMAL(18, 9))::DOUBLE) / NULLIF(COUNT(*) - COUNT(share), 0) AS rest,
        COUNT(*) - COUNT(share) > 1 AS is_divided,
        MAX(model_count) > 1 AS is_shared
    FROM slot
    GROUP BY deployment_id
),

exposed AS (
    SELECT
        live.*,
        COALESCE(live.share, traffic.rest, 0)::DECIMAL(18, 9) AS weight,
        live.share IS NULL AND traffic.is_divided AS is_divided,
        traffic.is_shared
    FROM live
    INNER JOIN traffic USING (deployment_id)
),

member AS (
    SELECT slice_no, deployment_id, bucket, is_divided, servings, weight
    FROM (
        SELECT
            model_id, bucket, is_divided, CASE WHEN is_divided THEN deployment_id END AS deployment_id,
            COUNT(*) AS servings, SUM(weight) AS weight
        FROM exposed
        WHERE NOT is_shared
        GROUP BY ALL
    )
    INNER JOIN rollup.members USING (model_id)
    UNION ALL
    -- A binary of several models counts once in each slice.
    SELECT slice_no, deployment_id, bucket, is_divided, 1 AS servings, weight
    FROM (
        SELECT DISTINCT slice_no, deployment_id, bucket, is_divided, binary_id, slot, share, weight
        FROM exposed
        INNER JOIN rollup.members USING (model_id)
        WHERE is_shared
    )
),

divided AS (
    -- Untold traffic that several servings share is surely in a bucket when all of them are.
    SELECT
        slice_no,
        bucket,
        SUM(servings) AS number,
        SUM(SUM(servings)) OVER whole AS whole_number,
        SUM(SUM(weight)) OVER whole AS whole_weight,
        BOOL_OR(bucket = 'unknown') OVER whole AS has_unknown
    FROM member
    WHERE is_divided
    GROUP BY slice_no, deployment_id, bucket
    WINDOW whole AS (PARTITION BY slice_no, deployment_id)
),

inside AS (
    SELECT
        slice_no,
        bucket,
        SUM(servings) AS servings,
        SUM(weight) AS weight,
        SUM(told) AS told,
        SUM(sure) AS sure,
        SUM(possible) AS possible,
        SUM(rest) AS rest
    FROM (
        SELECT slice_no, bucket, servings, weight, told, told AS sure, told AS possible, 0 AS rest
        FROM (SELECT *, CASE WHEN is_divided THEN 0 ELSE weight END AS told FROM member)
        UNION ALL BY NAME
        SELECT
            slice_no,
            bucket,
            CASE WHEN number = whole_number THEN whole_weight ELSE 0 END AS sure,
            CASE WHEN NOT has_unknown THEN whole_weight ELSE 0 END AS possible,
            CASE WHEN bucket = 'unknown' THEN whole_weight ELSE 0 END AS rest
        FROM divided
    )
    GROUP BY slice_no, bucket
),

whole AS (
    SELECT
        slice_no,
        SUM(servings)::DOUBLE AS servings,
        SUM(weight)::DOUBLE AS weight,
        COALESCE(SUM(servings) FILTER (bucket = 'unknown'), 0)::DOUBLE AS unknown_servings,
        COALESCE(SUM(weight) FILTER (bucket = 'unknown'), 0)::DOUBLE AS unknown_weight,
        COALESCE(SUM(told + rest) FILTER (bucket = 'unknown'), 0)::DOUBLE AS unknown_possible
    FROM inside
    WHERE bucket NOT IN ('not_applicable', 'exempt')
    GROUP BY slice_no
),

bucket AS (
    FROM (VALUES
        ('fresh', 0, 4), ('recent', 1, 3), ('ageing', 2, 2), ('stale', 3, 1), ('expired', 4, 0), ('unknown', 5, NULL)
    ) AS named (bucket, place, level)
)

SELECT
    'retraining_age' AS metric,
    slices.slice,
    slices.slice_value,
    bucket.bucket,
    bucket.place,
    bucket.level,
    COALESCE(inside.servings, 0)::BIGINT AS servings,
    ratio(inside.servings, whole.servings) AS count_share,
    ratio(inside.servings, whole.servings) AS count_low,
    CASE WHEN bucket.level IS NOT NULL THEN ratio(inside.servings, whole.servings - whole.unknown_servings) END AS count_point,
    CASE
        WHEN bucket.level IS NULL THEN count_share
        ELSE ratio(COALESCE(inside.servings, 0) + whole.unknown_servings, whole.servings)
    END AS count_high,
    ratio(inside.weight, whole.weight) AS traffic_share,
    CASE WHEN bucket.level IS NULL THEN traffic_share ELSE ratio(inside.sure, whole.weight) END AS traffic_low,
    CASE WHEN bucket.level IS NOT NULL THEN ratio(inside.weight, whole.weight - whole.unknown_weight) END AS traffic_point,
    CASE
        WHEN bucket.level IS NULL THEN traffic_share
        ELSE ratio(COALESCE(inside.possible, 0) + whole.unknown_possible, whole.weight)
    END AS traffic_high
FROM rollup.slices AS slices
CROSS JOIN bucket
LEFT JOIN inside ON slices.slice_no = inside.slice_no AND bucket.bucket = inside.bucket
LEFT JOIN whole ON slices.slice_no = whole.slice_no
