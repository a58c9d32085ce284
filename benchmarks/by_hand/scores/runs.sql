WITH judged AS (
    SELECT
        *,
        (commit IS NOT NULL)::INTEGER
        + COALESCE(dataset_pin IN ('digest_and_version', 'digest', 'version'), FALSE)::INTEGER
        + COALESCE(parameter_count > 0, FALSE)::INTEGER
        + (environment IS NOT NULL)::INTEGER
        + (seed IS NOT NULL)::INTEGER AS written_down,
        CASE
            WHEN started_by IS NULL THEN 'unknown'
            WHEN started_by IN ('drift', 'schedule', 'event', 'manual') THEN started_by
            ELSE 'error'
        END AS retraining_automated__outcome,
        CASE
            WHEN code_review IS NULL THEN 'unknown'
            WHEN code_review IN ('reviewed', 'merge_request', 'merged', 'direct') THEN code_review
            ELSE 'error'
        END AS reviewed_source__outcome,
        CASE
            WHEN energy_kwh IS NOT NULL THEN 'energy'
            WHEN billed_seconds IS NOT NULL THEN 'machine_time'
            ELSE 'nothing'
        END AS training_cost_recorded__outcome,
        CASE
            WHEN success_share IS NULL THEN 'unknown'
            WHEN success_share >= 0.95 THEN 'healthy'
            WHEN success_share >= 0.9 THEN 'mostly'
            WHEN success_share >= 0.75 THEN 'often'
            WHEN success_share >= 0.5 THEN 'half_the_time'
            ELSE 'failing'
        END AS training_health__outcome,
        CASE written_down
            WHEN 5 THEN 'all' WHEN 4 THEN 'four' WHEN 3 THEN 'three' WHEN 2 THEN 'two' ELSE 'hardly_any'
        END AS training_reproducible__outcome
    FROM standard.runs
),

found AS (
    SELECT
        *,
        CASE retraining_automated__outcome
            WHEN 'drift' THEN 4 WHEN 'schedule' THEN 3 WHEN 'event' THEN 3 WHEN 'manual' THEN 1
            WHEN 'unknown' THEN -1 WHEN 'error' THEN -1
        END AS retraining_automated__found,
        CASE reviewed_source__outcome
            WHEN 'reviewed' THEN 4 WHEN 'merge_request' THEN 3 WHEN 'merged' THEN 2 WHEN 'direct' THEN 0
            WHEN 'unknown' THEN -1 WHEN 'error' THEN -1
        END AS reviewed_source__found,
        CASE training_cost_recorded__outcome
            WHEN 'energy' THEN 4 WHEN 'machine_time' THEN 2 ELSE 0
        END AS training_cost_recorded__found,
        CASE training_health__outcome
            WHEN 'healthy' THEN 4 WHEN 'mostly' THEN 3 WHEN 'often' THEN 2 WHEN 'half_the_time' THEN 1 WHEN 'failing' THEN 0
            WHEN 'unknown' THEN -1
        END AS training_health__found,
        CASE WHEN written_down > 1 THEN written_down - 1 ELSE 0 END AS training_reproducible__found
    FROM judged
)

SELECT
    COLUMNS('.*_id'),
    is_live,
    ended_at,
    COLUMNS('.*__outcome'),
    level(COLUMNS('(.*)__found')) AS '\1__level',
    low(COLUMNS('(.*)__found')) AS '\1__low',
    level(COLUMNS('(.*)__found')) AS '\1__point',
    high(COLUMNS('(.*)__found')) AS '\1__high',
    started_by AS retraining_automated__value,
    code_review AS reviewed_source__value,
    NULL::VARCHAR AS training_cost_recorded__value,
    success_share AS training_health__value,
    written_down::DOUBLE AS training_reproducible__value,
    CASE retraining_automated__outcome WHEN 'error' THEN 'no bucket' WHEN 'unknown' THEN 'started_by' END AS retraining_automated__reason,
    CASE reviewed_source__outcome WHEN 'error' THEN 'no bucket' WHEN 'unknown' THEN 'code_review' END AS reviewed_source__reason,
    NULL::VARCHAR AS training_cost_recorded__reason,
    CASE WHEN training_health__outcome = 'unknown' THEN 'success_share' END AS training_health__reason,
    NULL::VARCHAR AS training_reproducible__reason
FROM found
