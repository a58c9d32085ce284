WITH judged AS (
    SELECT
        *,
        CASE
            WHEN purpose IS NULL THEN 'none'
            WHEN purpose_state IN ('approved', 'declared') THEN purpose_state
            ELSE 'stated'
        END AS purpose_declared__outcome,
        CASE
            WHEN days_overdue IS NULL THEN 'unknown'
            WHEN days_overdue <= 0 THEN 'kept'
            WHEN days_overdue <= 7 THEN 'a_week_over'
            WHEN days_overdue <= 30 THEN 'a_month_over'
            WHEN days_overdue <= 90 THEN 'a_quarter_over'
            ELSE 'forgotten'
        END AS retention_kept__outcome
    FROM standard.datasets
),

found AS (
    SELECT
        *,
        CASE purpose_declared__outcome
            WHEN 'approved' THEN 4 WHEN 'declared' THEN 3 WHEN 'stated' THEN 2 WHEN 'none' THEN 0
        END AS purpose_declared__found,
        CASE retention_kept__outcome
            WHEN 'kept' THEN 4 WHEN 'a_week_over' THEN 3 WHEN 'a_month_over' THEN 2 WHEN 'a_quarter_over' THEN 1 WHEN 'forgotten' THEN 0
            WHEN 'unknown' THEN -1
        END AS retention_kept__found
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
    NULL::VARCHAR AS purpose_declared__value,
    days_overdue AS retention_kept__value,
    NULL::VARCHAR AS purpose_declared__reason,
    CASE WHEN retention_kept__outcome = 'unknown' THEN
        CASE WHEN created_at IS NULL THEN 'created_at' WHEN retention_days IS NULL THEN 'retention_days' ELSE 'days_overdue' END
    END AS retention_kept__reason
FROM found
