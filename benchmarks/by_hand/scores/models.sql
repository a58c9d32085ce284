WITH judged AS (
    SELECT
        *,
        (description IS NOT NULL)::INTEGER
        + (purpose IS NOT NULL)::INTEGER
        + (owners IS NOT NULL)::INTEGER
        + (risk_tier IS NOT NULL)::INTEGER
        + (dataset_count > 0)::INTEGER
        + has_evaluation AS documented,
        ROUND(shipped_count::DOUBLE / NULLIF(training_count, 0), 9) AS training_that_shipped__value,
        CASE
            WHEN NOT is_live THEN 'not_applicable'
            WHEN is_live IS NULL THEN 'unknown'
            WHEN documented >= 6 THEN 'complete'
            WHEN documented >= 5 THEN 'nearly_complete'
            WHEN documented >= 4 THEN 'mostly'
            WHEN documented >= 2 THEN 'partly'
            ELSE 'hardly'
        END AS documentation_complete__outcome,
        CASE
            WHEN NOT is_live THEN 'not_applicable'
            WHEN is_live IS NULL OR documented_at IS NOT NULL AND days_undocumented IS NULL THEN 'unknown'
            WHEN days_undocumented <= 0 THEN 'current'
            WHEN days_undocumented <= 30 THEN 'a_month_behind'
            WHEN days_undocumented <= 90 THEN 'a_quarter_behind'
            WHEN days_undocumented <= 180 THEN 'half_a_year_behind'
            ELSE 'outdated'
        END AS documentation_fresh__outcome,
        CASE
            WHEN NOT (is_live AND affects_people) THEN 'not_applicable'
            WHEN is_live IS NULL OR affects_people IS NULL THEN 'unknown'
            WHEN fairness_state IN ('verified', 'completed', 'in_progress', 'planned') THEN fairness_state
            ELSE 'none'
        END AS fairness_assessed__outcome,
        CASE
            WHEN owners IS NULL THEN 'nobody'
            WHEN described_owner_count = 0 THEN 'named'
            WHEN is_owner_active IS NULL THEN 'unknown'
            WHEN is_owner_active AND owned_through = 'own' THEN 'accountable'
            WHEN is_owner_active THEN 'inherited'
            ELSE 'departed'
        END AS resolved_owner__outcome,
        CASE
            WHEN NOT is_live THEN 'not_applicable'
            WHEN is_live IS NULL OR review_age_share IS NULL THEN 'unknown'
            WHEN review_age_share <= 0.5 THEN 'early'
            WHEN review_age_share <= 1 THEN 'in_time'
            WHEN review_age_share <= 1.25 THEN 'late'
            WHEN review_age_share <= 2 THEN 'overdue'
            ELSE 'forgotten'
        END AS review_on_time__outcome,
        CASE
            WHEN NOT is_live THEN 'not_applicable'
            WHEN is_live IS NULL THEN 'unknown'
            WHEN risk_state IN ('approved', 'reasoned', 'assigned', 'proposed') THEN risk_state
            ELSE 'none'
        END AS risk_assessed__outcome,
        CASE
            WHEN NOT binary_count > 0 THEN 'not_applicable'
            WHEN unserved_share IS NULL THEN 'unknown'
            WHEN unserved_share <= 0.1 THEN 'little'
            WHEN unserved_share <= 0.3 THEN 'some'
            WHEN unserved_share <= 0.5 THEN 'half'
            WHEN unserved_share <= 0.8 THEN 'much'
            ELSE 'nearly_all'
        END AS stored_for_nothing__outcome,
        CASE
            WHEN NOT (model_by = 'code' AND training_count > 0) THEN 'not_applicable'
            WHEN training_that_shipped__value >= 0.5 THEN 'half'
            WHEN training_that_shipped__value >= 0.3 THEN 'a_third'
            WHEN training_that_shipped__value >= 0.15 THEN 'a_sixth'
            WHEN training_that_shipped__value >= 0.05 THEN 'a_twentieth'
            ELSE 'hardly_any'
        END AS training_that_shipped__outcome
    FROM standard.models
),

found AS (
    SELECT
        *,
        CASE documentation_complete__outcome
            WHEN 'complete' THEN 4 WHEN 'nearly_complete' THEN 3 WHEN 'mostly' THEN 2 WHEN 'partly' THEN 1 WHEN 'hardly' THEN 0
            WHEN 'unknown' THEN -1
        END AS documentation_complete__found,
        CASE documentation_fresh__outcome
            WHEN 'current' THEN 4 WHEN 'a_month_behind' THEN 3 WHEN 'a_quarter_behind' THEN 2 WHEN 'half_a_year_behind' THEN 1
            WHEN 'outdated' THEN 0 WHEN 'unknown' THEN -1
        END AS documentation_fresh__found,
        CASE fairness_assessed__outcome
            WHEN 'verified' THEN 4 WHEN 'completed' THEN 3 WHEN 'in_progress' THEN 2 WHEN 'planned' THEN 1 WHEN 'none' THEN 0
            WHEN 'unknown' THEN -1
        END AS fairness_assessed__found,
        CASE resolved_owner__outcome
            WHEN 'accountable' THEN 4 WHEN 'inherited' THEN 3 WHEN 'named' THEN 2 WHEN 'departed' THEN 1 WHEN 'nobody' THEN 0
            WHEN 'unknown' THEN -1
        END AS resolved_owner__found,
        CASE review_on_time__outcome
            WHEN 'early' THEN 4 WHEN 'in_time' THEN 3 WHEN 'late' THEN 2 WHEN 'overdue' THEN 1 WHEN 'forgotten' THEN 0
            WHEN 'unknown' THEN -1
        END AS review_on_time__found,
        CASE risk_assessed__outcome
            WHEN 'approved' THEN 4 WHEN 'reasoned' THEN 3 WHEN 'assigned' THEN 2 WHEN 'proposed' THEN 1 WHEN 'none' THEN 0
            WHEN 'unknown' THEN -1
        END AS risk_assessed__found,
        CASE stored_for_nothing__outcome
            WHEN 'little' THEN 4 WHEN 'some' THEN 3 WHEN 'half' THEN 2 WHEN 'much' THEN 1 WHEN 'nearly_all' THEN 0
            WHEN 'unknown' THEN -1
        END AS stored_for_nothing__found,
        CASE training_that_shipped__outcome
            WHEN 'half' THEN 4 WHEN 'a_third' THEN 3 WHEN 'a_sixth' THEN 2 WHEN 'a_twentieth' THEN 1 WHEN 'hardly_any' THEN 0
        END AS training_that_shipped__found
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
    documented::DOUBLE AS documentation_complete__value,
    days_undocumented AS documentation_fresh__value,
    NULL::VARCHAR AS fairness_assessed__value,
    NULL::VARCHAR AS resolved_owner__value,
    review_age_share AS review_on_time__value,
    NULL::VARCHAR AS risk_assessed__value,
    unserved_share AS stored_for_nothing__value,
    training_that_shipped__value,
    CASE WHEN documentation_complete__outcome = 'unknown' THEN 'is_live' END AS documentation_complete__reason,
    CASE WHEN documentation_fresh__outcome = 'unknown' THEN CASE WHEN is_live IS NULL THEN 'is_live' ELSE 'trained_at' END END
        AS documentation_fresh__reason,
    CASE WHEN fairness_assessed__outcome = 'unknown' THEN CASE WHEN is_live IS NULL THEN 'is_live' ELSE 'affects_people' END END
        AS fairness_assessed__reason,
    CASE WHEN resolved_owner__outcome = 'unknown' THEN 'is_owner_active' END AS resolved_owner__reason,
    CASE WHEN review_on_time__outcome = 'unknown' THEN CASE
        WHEN is_live IS NULL THEN 'is_live'
        WHEN reviewed_at IS NULL THEN 'reviewed_at'
        WHEN review_expires_at IS NULL THEN 'review_expires_at'
        ELSE 'review_age_share'
    END END AS review_on_time__reason,
    CASE WHEN risk_assessed__outcome = 'unknown' THEN 'is_live' END AS risk_assessed__reason,
    CASE WHEN stored_for_nothing__outcome = 'unknown' THEN 'unserved_share' END AS stored_for_nothing__reason,
    NULL::VARCHAR AS training_that_shipped__reason
FROM found
