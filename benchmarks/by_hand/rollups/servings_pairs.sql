-- On an endpoint of a hundred models each has a level of its own: the servings per deployment and model.
WITH slot AS (
    -- A binary of two models has two rows for one share of the traffic: it counts once.
    SELECT DISTINCT deployment_id, binary_id, slot, share FROM score.servings
),

traffic AS (
    SELECT deployment_id, untold(SUM(share::DECIMAL(18, 9))::DOUBLE) AS rest FROM slot GROUP BY deployment_id
),

part AS (
    SELECT
        servings.* EXCLUDE (share),
        servings.share::DECIMAL(18, 9) AS share,
        COALESCE(servings.is_live, FALSE) AS is_sure,
        traffic.rest
    FROM score.servings AS servings
    INNER JOIN traffic USING (deployment_id)
    WHERE COALESCE(servings.is_live, TRUE) AND servings.model_id IS NOT NULL
),

seen AS (
    SELECT
        deployment_id,
        model_id,
        share,
        rest,
        part_low(is_sure, COLUMNS('(.*)__low')) AS '\1__low',
        part_point(is_sure, COLUMNS('(.*)__point')) AS '\1__point',
        part_high(is_sure, COLUMNS('(.*)__high')) AS '\1__high',
        CASE WHEN is_sure THEN COLUMNS('(.*)__outcome') ELSE 'unknown' END AS '\1__outcome'
    FROM part
)

SELECT
    deployment_id,
    model_id,
    MIN(COLUMNS('(human_oversight|placed_in_graph|purpose_respected|release_approved)__(low|point|high)'))::DOUBLE AS '\1__\2',
    MEDIAN(COLUMNS('(time_to_serving)__(low|point|high)')) AS '\1__\2',
    by_traffic(
        COLUMNS('(fairness_covers_live|retraining_age|retraining_on_schedule)__low'),
        MIN(COLUMNS('(fairness_covers_live|retraining_age|retraining_on_schedule)__low')), share, rest
    ) AS '\1__low',
    by_known_traffic(COLUMNS('(fairness_covers_live|retraining_age|retraining_on_schedule)__point'), share, rest) AS '\1__point',
    by_traffic(
        COLUMNS('(fairness_covers_live|retraining_age|retraining_on_schedule)__high'),
        MAX(COLUMNS('(fairness_covers_live|retraining_age|retraining_on_schedule)__high')), share, rest
    ) AS '\1__high',
    COUNT(COLUMNS('(.*)__point'))::INTEGER AS '\1__known',
    COUNT_IF(COLUMNS('(.*)__outcome') = 'unknown')::INTEGER AS '\1__unknown',
    COUNT_IF(COLUMNS('(.*)__outcome') = 'not_applicable')::INTEGER AS '\1__not_applicable',
    COUNT_IF(COLUMNS('(.*)__outcome') = 'exempt')::INTEGER AS '\1__exempt',
    COUNT_IF(COLUMNS('(.*)__outcome') = 'error')::INTEGER AS '\1__error'
FROM seen
GROUP BY deployment_id, model_id
