WITH judged AS (
    SELECT
        *,
        ROUND(edges_known::DOUBLE / edges_expected, 9) AS placed_in_graph__value,
        ROUND(days_since_trained / NULLIF(cadence_days, 0), 9) AS retraining_on_schedule__value,
        CASE
            WHEN NOT (is_live AND affects_people) THEN 'not_applicable'
            WHEN is_live IS NULL OR affects_people IS NULL THEN 'unknown'
            WHEN has_fairness = 1 AND fairness_state IN ('completed', 'verified') THEN 'covered'
            WHEN has_fairness = 1 AND fairness_state IS NULL OR has_fairness IS NULL THEN 'unknown'
            WHEN has_fairness = 1 THEN 'begun'
            ELSE 'uncovered'
        END AS fairness_covers_live__outcome,
        CASE
            WHEN NOT (is_live AND affects_people) THEN 'not_applicable'
            WHEN is_live IS NULL OR affects_people IS NULL OR oversight IS NULL THEN 'unknown'
            WHEN oversight IN ('tested', 'trained', 'defined', 'partial', 'none') THEN oversight
            ELSE 'error'
        END AS human_oversight__outcome,
        CASE
            WHEN NOT is_live THEN 'not_applicable'
            WHEN is_live IS NULL THEN 'unknown'
            WHEN edges_known >= 4 THEN 'whole'
            WHEN edges_known >= 3 THEN 'nearly'
            WHEN edges_known >= 2 THEN 'half'
            WHEN edges_known > 0 THEN 'barely'
            ELSE 'orphan'
        END AS placed_in_graph__outcome,
        CASE
            WHEN NOT is_live THEN 'not_applicable'
            WHEN is_live IS NULL OR is_purpose_allowed IS NULL THEN 'unknown'
            WHEN is_purpose_allowed THEN 'allowed'
            ELSE 'refused'
        END AS purpose_respected__outcome,
        CASE
            WHEN NOT is_live THEN 'not_applicable'
            WHEN is_live IS NULL OR approval IS NULL THEN 'unknown'
            WHEN approval IN ('approved', 'pending', 'rejected') THEN approval
            ELSE 'error'
        END AS release_approved__outcome,
        CASE
            WHEN NOT is_live THEN 'not_applicable'
            WHEN is_live IS NULL OR days_since_trained IS NULL THEN 'unknown'
            WHEN days_since_trained <= 7 THEN 'fresh'
            WHEN days_since_trained <= 30 THEN 'recent'
            WHEN days_since_trained <= 90 THEN 'ageing'
            WHEN days_since_trained <= 180 THEN 'stale'
            ELSE 'expired'
        END AS retraining_age__outcome,
        CASE
            WHEN NOT is_live THEN 'not_applicable'
            WHEN is_live IS NULL OR retraining_on_schedule__value IS NULL THEN 'unknown'
            WHEN retraining_on_schedule__value <= 1 THEN 'in_time'
            WHEN retraining_on_schedule__value <= 1.5 THEN 'late'
            WHEN retraining_on_schedule__value <= 2 THEN 'one_missed'
            WHEN retraining_on_schedule__value <= 4 THEN 'several_missed'
            ELSE 'stopped'
        END AS retraining_on_schedule__outcome,
        CASE
            WHEN NOT is_live THEN 'not_applicable'
            WHEN is_live IS NULL OR days_to_serving IS NULL THEN 'unknown'
            WHEN days_to_serving <= 1 THEN 'a_day'
            WHEN days_to_serving <= 7 THEN 'a_week'
            WHEN days_to_serving <= 30 THEN 'a_month'
            WHEN days_to_serving <= 90 THEN 'a_quarter'
            ELSE 'longer'
        END AS time_to_serving__outcome
    FROM standard.servings
),

found AS (
    SELECT
        *,
        CASE fairness_covers_live__outcome
            WHEN 'covered' THEN 4 WHEN 'begun' THEN 1 WHEN 'uncovered' THEN 0 WHEN 'unknown' THEN -1
        END AS fairness_covers_live__found,
        CASE human_oversight__outcome
            WHEN 'tested' THEN 4 WHEN 'trained' THEN 3 WHEN 'defined' THEN 2 WHEN 'partial' THEN 1 WHEN 'none' THEN 0
            WHEN 'unknown' THEN -1 WHEN 'error' THEN -1
        END AS human_oversight__found,
        CASE placed_in_graph__outcome
            WHEN 'whole' THEN 4 WHEN 'nearly' THEN 3 WHEN 'half' THEN 2 WHEN 'barely' THEN 1 WHEN 'orphan' THEN 0
            WHEN 'unknown' THEN -1
        END AS placed_in_graph__found,
        CASE purpose_respected__outcome
            WHEN 'allowed' THEN 4 WHEN 'refused' THEN 0 WHEN 'unknown' THEN -1
        END AS purpose_respected__found,
        CASE release_approved__outcome
            WHEN 'approved' THEN 4 WHEN 'pending' THEN 1 WHEN 'rejected' THEN 0 WHEN 'unknown' THEN -1 WHEN 'error' THEN -1
        END AS release_approved__found,
        CASE retraining_age__outcome
            WHEN 'fresh' THEN 4 WHEN 'recent' THEN 3 WHEN 'ageing' THEN 2 WHEN 'stale' THEN 1 WHEN 'expired' THEN 0
            WHEN 'unknown' THEN -1
        END AS retraining_age__found,
        CASE retraining_on_schedule__outcome
            WHEN 'in_time' THEN 4 WHEN 'late' THEN 3 WHEN 'one_missed' THEN 2 WHEN 'several_missed' THEN 1 WHEN 'stopped' THEN 0
            WHEN 'unknown' THEN -1
        END AS retraining_on_schedule__found,
        CASE time_to_serving__outcome
            WHEN 'a_day' THEN 4 WHEN 'a_week' THEN 3 WHEN 'a_month' THEN 2 WHEN 'a_quarter' THEN 1 WHEN 'longer' THEN 0
            WHEN 'unknown' THEN -1
        END AS time_to_serving__found,
        CASE WHEN is_live IS NULL THEN 'is_live' WHEN affects_people IS NULL THEN 'affects_people' END AS people_reason,
        CASE WHEN is_live IS NULL THEN 'is_live' WHEN trained_at IS NULL THEN 'trained_at' END AS trained_reason
    FROM judged
)

SELECT
    COLUMNS('.*_id'),
    is_live,
    share,
    slot,
    role,
    COLUMNS('.*__outcome'),
    level(COLUMNS('(.*)__found')) AS '\1__level',
    low(COLUMNS('(.*)__found')) AS '\1__low',
    level(COLUMNS('(.*)__found')) AS '\1__point',
    high(COLUMNS('(.*)__found')) AS '\1__high',
    NULL::VARCHAR AS fairness_covers_live__value,
    oversight AS human_oversight__value,
    placed_in_graph__value,
    NULL::VARCHAR AS purpose_respected__value,
    approval AS release_approved__value,
    days_since_trained AS retraining_age__value,
    retraining_on_schedule__value,
    days_to_serving AS time_to_serving__value,
    CASE WHEN fairness_covers_live__outcome = 'unknown' THEN COALESCE(
        people_reason, CASE WHEN fairness_state IS NULL THEN 'fairness_state' WHEN has_fairness IS NULL THEN 'has_fairness' END
    ) END AS fairness_covers_live__reason,
    CASE human_oversight__outcome
        WHEN 'error' THEN 'no bucket' WHEN 'unknown' THEN COALESCE(people_reason, 'oversight')
    END AS human_oversight__reason,
    CASE WHEN placed_in_graph__outcome = 'unknown' THEN 'is_live' END AS placed_in_graph__reason,
    CASE WHEN purpose_respected__outcome = 'unknown' THEN
        CASE WHEN is_live IS NULL THEN 'is_live' ELSE 'is_purpose_allowed' END
    END AS purpose_respected__reason,
    CASE release_approved__outcome
        WHEN 'error' THEN 'no bucket' WHEN 'unknown' THEN CASE WHEN is_live IS NULL THEN 'is_live' ELSE 'approval' END
    END AS release_approved__reason,
    CASE WHEN retraining_age__outcome = 'unknown' THEN trained_reason END AS retraining_age__reason,
    CASE WHEN retraining_on_schedule__outcome = 'unknown' THEN
        COALESCE(trained_reason, CASE WHEN cadence_days IS NULL THEN 'cadence_days' END)
    END AS retraining_on_schedule__reason,
    CASE WHEN time_to_serving__outcome = 'unknown' THEN
        COALESCE(trained_reason, CASE WHEN served_from_at IS NULL THEN 'served_from_at' END)
    END AS time_to_serving__reason
FROM found
