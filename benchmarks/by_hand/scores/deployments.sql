WITH judged AS (
    SELECT
        *,
        CASE
            WHEN NOT is_live THEN 'not_applicable'
            WHEN is_live IS NULL THEN 'unknown'
            WHEN has_access_review = 0 THEN 'unreviewed'
            WHEN access_state IS NULL THEN 'unknown'
            WHEN access_state IN ('planned', 'in_progress') THEN 'begun'
            WHEN access_state NOT IN ('completed', 'verified') OR access_result <> 'passed' THEN 'violated'
            WHEN access_result IS NULL OR access_expires_at IS NULL THEN 'unknown'
            WHEN access_expires_at >= (SELECT as_of FROM standard.run) THEN 'in_order'
            ELSE 'lapsed'
        END AS access_reviewed__outcome,
        CASE
            WHEN NOT is_live THEN 'not_applicable'
            WHEN is_live IS NULL OR rollout IS NULL THEN 'unknown'
            WHEN rollout IN ('canary_with_rollback', 'canary', 'shadow', 'approved', 'direct') THEN rollout
            ELSE 'error'
        END AS careful_rollout__outcome,
        CASE
            WHEN NOT is_live THEN 'not_applicable'
            WHEN is_live IS NULL OR days_since_request IS NULL THEN 'unknown'
            WHEN days_since_request <= 1 THEN 'busy'
            WHEN days_since_request <= 7 THEN 'this_week'
            WHEN days_since_request <= 30 THEN 'this_month'
            WHEN days_since_request <= 90 THEN 'this_quarter'
            ELSE 'idle'
        END AS deployment_in_use__outcome,
        CASE
            WHEN NOT is_live THEN 'not_applicable'
            WHEN is_live IS NULL OR log_retention_days IS NULL THEN 'unknown'
            WHEN log_retention_days >= 365 THEN 'a_year'
            WHEN log_retention_days >= 180 THEN 'half_a_year'
            WHEN log_retention_days >= 90 THEN 'a_quarter'
            WHEN log_retention_days >= 30 THEN 'a_month'
            ELSE 'less'
        END AS log_retention__outcome,
        CASE
            WHEN NOT is_live THEN 'not_applicable'
            WHEN is_live IS NULL THEN 'unknown'
            WHEN monitor_count >= 5 THEN 'all'
            WHEN monitor_count >= 4 THEN 'four'
            WHEN monitor_count >= 3 THEN 'three'
            WHEN monitor_count >= 1 THEN 'some'
            ELSE 'none'
        END AS monitoring_coverage__outcome,
        CASE
            WHEN NOT (is_live AND monitor_count > 0) THEN 'not_applicable'
            WHEN is_live IS NULL OR monitor_lateness IS NULL THEN 'unknown'
            WHEN monitor_lateness <= 1 THEN 'in_time'
            WHEN monitor_lateness <= 1.5 THEN 'late'
            WHEN monitor_lateness <= 2 THEN 'one_missed'
            WHEN monitor_lateness <= 5 THEN 'several_missed'
            ELSE 'dead'
        END AS monitors_alive__outcome,
        CASE
            WHEN NOT (is_live AND days_since_request > 30) THEN 'not_applicable'
            WHEN is_live IS NULL OR days_since_request IS NULL THEN 'unknown'
            WHEN removal_at >= (SELECT as_of FROM standard.run) THEN 'dated'
            WHEN is_deprecated THEN 'deprecated'
            WHEN days_since_request <= 180 THEN 'idle'
            ELSE 'abandoned'
        END AS retired_in_order__outcome
    FROM standard.deployments
),

found AS (
    SELECT
        *,
        CASE access_reviewed__outcome
            WHEN 'in_order' THEN 4 WHEN 'lapsed' THEN 3 WHEN 'begun' THEN 2 WHEN 'unreviewed' THEN 1 WHEN 'violated' THEN 0
            WHEN 'unknown' THEN -1
        END AS access_reviewed__found,
        CASE careful_rollout__outcome
            WHEN 'canary_with_rollback' THEN 4 WHEN 'canary' THEN 3 WHEN 'shadow' THEN 2 WHEN 'approved' THEN 1 WHEN 'direct' THEN 0
            WHEN 'unknown' THEN -1 WHEN 'error' THEN -1
        END AS careful_rollout__found,
        CASE deployment_in_use__outcome
            WHEN 'busy' THEN 4 WHEN 'this_week' THEN 3 WHEN 'this_month' THEN 2 WHEN 'this_quarter' THEN 1 WHEN 'idle' THEN 0
            WHEN 'unknown' THEN -1
        END AS deployment_in_use__found,
        CASE log_retention__outcome
            WHEN 'a_year' THEN 4 WHEN 'half_a_year' THEN 3 WHEN 'a_quarter' THEN 2 WHEN 'a_month' THEN 1 WHEN 'less' THEN 0
            WHEN 'unknown' THEN -1
        END AS log_retention__found,
        CASE monitoring_coverage__outcome
            WHEN 'all' THEN 4 WHEN 'four' THEN 3 WHEN 'three' THEN 2 WHEN 'some' THEN 1 WHEN 'none' THEN 0 WHEN 'unknown' THEN -1
        END AS monitoring_coverage__found,
        CASE monitors_alive__outcome
            WHEN 'in_time' THEN 4 WHEN 'late' THEN 3 WHEN 'one_missed' THEN 2 WHEN 'several_missed' THEN 1 WHEN 'dead' THEN 0
            WHEN 'unknown' THEN -1
        END AS monitors_alive__found,
        CASE retired_in_order__outcome
            WHEN 'dated' THEN 3 WHEN 'deprecated' THEN 2 WHEN 'idle' THEN 1 WHEN 'abandoned' THEN 0 WHEN 'unknown' THEN -1
        END AS retired_in_order__found,
        CASE WHEN is_live IS NULL THEN 'is_live' END AS live_reason
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
    NULL::VARCHAR AS access_reviewed__value,
    rollout AS careful_rollout__value,
    days_since_request AS deployment_in_use__value,
    log_retention_days AS log_retention__value,
    monitor_count::DOUBLE AS monitoring_coverage__value,
    monitor_lateness AS monitors_alive__value,
    NULL::VARCHAR AS retired_in_order__value,
    CASE WHEN access_reviewed__outcome = 'unknown' THEN COALESCE(
        live_reason,
        CASE
            WHEN access_state IS NULL THEN 'access_state'
            WHEN access_result IS NULL THEN 'access_result'
            WHEN access_expires_at IS NULL THEN 'access_expires_at'
        END
    ) END AS access_reviewed__reason,
    CASE careful_rollout__outcome
        WHEN 'error' THEN 'no bucket' WHEN 'unknown' THEN COALESCE(live_reason, 'rollout')
    END AS careful_rollout__reason,
    CASE WHEN deployment_in_use__outcome = 'unknown' THEN COALESCE(live_reason, 'last_request_at') END AS deployment_in_use__reason,
    CASE WHEN log_retention__outcome = 'unknown' THEN COALESCE(live_reason, 'log_retention_days') END AS log_retention__reason,
    CASE WHEN monitoring_coverage__outcome = 'unknown' THEN live_reason END AS monitoring_coverage__reason,
    CASE WHEN monitors_alive__outcome = 'unknown' THEN COALESCE(live_reason, 'monitor_lateness') END AS monitors_alive__reason,
    CASE WHEN retired_in_order__outcome = 'unknown' THEN COALESCE(live_reason, 'days_since_request') END AS retired_in_order__reason
FROM found
