-- Every node over every slice.
WITH alike AS (
    SELECT slice_no, node, is_by_deployment, is_live, outcome, low, point, high, COUNT(*) AS number
    FROM rollup.members
    INNER JOIN state USING (model_no)
    GROUP BY ALL
),

node AS (
    SELECT DISTINCT
        node,
        CASE WHEN node IN (
            'concept_drift', 'data_governance', 'efficiency', 'fairness', 'overall', 'ownership_accountability', 'robustness',
            'security'
        ) THEN 'group' ELSE 'metric' END AS kind
    FROM state
)

SELECT
    slice,
    slice_value,
    node,
    ANY_VALUE(kind) AS kind,
    models(number, TRUE) AS models,
    models(number, is_by_deployment) AS by_deployment,
    models(number, NOT is_live AND outcome = 'not_applicable') AS not_served,
    models(number, point IS NOT NULL) AS known,
    models(number, outcome = 'unknown') AS unknown,
    models(number, outcome = 'not_applicable') AS not_applicable,
    models(number, outcome = 'exempt') AS exempt,
    models(number, outcome = 'error') AS error,
    models(number, FLOOR(low) = 0 AND FLOOR(high) = 0 AND point IS NOT NULL) AS level_0_low,
    models(number, FLOOR(point) = 0) AS level_0,
    models(number, FLOOR(low) <= 0) AS level_0_high,
    models(number, FLOOR(low) = 1 AND FLOOR(high) = 1 AND point IS NOT NULL) AS level_1_low,
    models(number, FLOOR(point) = 1) AS level_1,
    models(number, FLOOR(low) <= 1 AND FLOOR(high) >= 1) AS level_1_high,
    models(number, FLOOR(low) = 2 AND FLOOR(high) = 2 AND point IS NOT NULL) AS level_2_low,
    models(number, FLOOR(point) = 2) AS level_2,
    models(number, FLOOR(low) <= 2 AND FLOOR(high) >= 2) AS level_2_high,
    models(number, FLOOR(low) = 3 AND FLOOR(high) = 3 AND point IS NOT NULL) AS level_3_low,
    models(number, FLOOR(point) = 3) AS level_3,
    models(number, FLOOR(low) <= 3 AND FLOOR(high) >= 3) AS level_3_high,
    models(number, FLOOR(low) = 4 AND FLOOR(high) = 4 AND point IS NOT NULL) AS level_4_low,
    models(number, FLOOR(point) = 4) AS level_4,
    models(number, FLOOR(high) >= 4) AS level_4_high,
    mean_of(number, low) AS mean_low,
    mean_of(number, point) AS mean_point,
    mean_of(number, high) AS mean_high,
    MIN(low) AS worst_low,
    MIN(point) AS worst_point,
    MIN(high) AS worst_high,
    share_from(number, low, 1) AS share_1_low,
    share_from(number, point, 1) AS share_1_point,
    share_from(number, high, 1) AS share_1_high,
    share_from(number, low, 2) AS share_2_low,
    share_from(number, point, 2) AS share_2_point,
    share_from(number, high, 2) AS share_2_high,
    share_from(number, low, 3) AS share_3_low,
    share_from(number, point, 3) AS share_3_point,
    share_from(number, high, 3) AS share_3_high,
    share_from(number, low, 4) AS share_4_low,
    share_from(number, point, 4) AS share_4_point,
    share_from(number, high, 4) AS share_4_high
FROM rollup.slices
CROSS JOIN node
LEFT JOIN alike USING (slice_no, node)
GROUP BY slice, slice_value, node
