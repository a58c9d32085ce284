-- Each metric from the parts that are live, or may be, to their models. What nobody described takes part, unknown.
CREATE TEMP TABLE live_part AS (
    SELECT model_id, kind, artifact_id, COALESCE(is_live, FALSE) AS is_sure
    FROM standard.model_parts
    WHERE COALESCE(is_live, TRUE)
    UNION ALL
    -- A live deployment that tells of no binary has one all the same.
    SELECT DISTINCT model_id, 'model_binary', NULL, FALSE
    FROM standard.servings
    WHERE binary_id IS NULL AND COALESCE(is_live, TRUE)
);

CREATE TEMP TABLE of_deployments AS (
    WITH part AS (
        SELECT
            live_part.model_id,
            live_part.is_sure AND score.deployment_id IS NOT NULL AS is_sure,
            score.* EXCLUDE (model_id)
        FROM live_part
        LEFT JOIN score.deployments AS score ON live_part.artifact_id = score.deployment_id
        WHERE live_part.kind = 'model_deployment'
    )

    SELECT
        model_id,
        MIN(part_low(is_sure, COLUMNS('(access_reviewed|careful_rollout|log_retention|monitoring_coverage|monitors_alive|retired_in_order)__low')))::DOUBLE AS '\1__low',
        MIN(part_point(is_sure, COLUMNS('(access_reviewed|careful_rollout|log_retention|monitoring_coverage|monitors_alive|retired_in_order)__point')))::DOUBLE AS '\1__point',
        MIN(part_high(is_sure, COLUMNS('(access_reviewed|careful_rollout|log_retention|monitoring_coverage|monitors_alive|retired_in_order)__high')))::DOUBLE AS '\1__high',
        mean(part_low(is_sure, COLUMNS('(deployment_in_use)__low'))) AS '\1__low',
        mean(part_point(is_sure, COLUMNS('(deployment_in_use)__point'))) AS '\1__point',
        mean(part_high(is_sure, COLUMNS('(deployment_in_use)__high'))) AS '\1__high',
        COUNT(part_point(is_sure, COLUMNS('(.*)__point')))::INTEGER AS '\1__known',
        COUNT_IF(part_outcome(is_sure, COLUMNS('(.*)__outcome')) = 'unknown')::INTEGER AS '\1__unknown',
        COUNT_IF(part_outcome(is_sure, COLUMNS('(.*)__outcome')) = 'not_applicable')::INTEGER AS '\1__not_applicable',
        COUNT_IF(part_outcome(is_sure, COLUMNS('(.*)__outcome')) = 'exempt')::INTEGER AS '\1__exempt',
        COUNT_IF(part_outcome(is_sure, COLUMNS('(.*)__outcome')) = 'error')::INTEGER AS '\1__error'
    FROM part
    GROUP BY model_id
);

CREATE TEMP TABLE of_binaries AS (
    WITH part AS (
        SELECT
            live_part.model_id,
            live_part.is_sure AND score.binary_id IS NOT NULL AS is_sure,
            score.* EXCLUDE (model_id)
        FROM live_part
        LEFT JOIN score.binaries AS score ON live_part.artifact_id = score.binary_id
        WHERE live_part.kind = 'model_binary'
    )

    SELECT
        model_id,
        MIN(part_low(is_sure, COLUMNS('(.*)__low')))::DOUBLE AS '\1__low',
        MIN(part_point(is_sure, COLUMNS('(.*)__point')))::DOUBLE AS '\1__point',
        MIN(part_high(is_sure, COLUMNS('(.*)__high')))::DOUBLE AS '\1__high',
        COUNT(part_point(is_sure, COLUMNS('(.*)__point')))::INTEGER AS '\1__known',
        COUNT_IF(part_outcome(is_sure, COLUMNS('(.*)__outcome')) = 'unknown')::INTEGER AS '\1__unknown',
        COUNT_IF(part_outcome(is_sure, COLUMNS('(.*)__outcome')) = 'not_applicable')::INTEGER AS '\1__not_applicable',
        COUNT_IF(part_outcome(is_sure, COLUMNS('(.*)__outcome')) = 'exempt')::INTEGER AS '\1__exempt',
        COUNT_IF(part_outcome(is_sure, COLUMNS('(.*)__outcome')) = 'error')::INTEGER AS '\1__error'
    FROM part
    GROUP BY model_id
);

CREATE TEMP TABLE of_datasets AS (
    WITH part AS (
        SELECT
            live_part.model_id,
            live_part.is_sure AND score.dataset_id IS NOT NULL AS is_sure,
            score.*
        FROM live_part
        LEFT JOIN score.datasets AS score ON live_part.artifact_id = score.dataset_id
        WHERE live_part.kind = 'dataset'
    )

    SELECT
        model_id,
        MIN(part_low(is_sure, COLUMNS('(.*)__low')))::DOUBLE AS '\1__low',
        MIN(part_point(is_sure, COLUMNS('(.*)__point')))::DOUBLE AS '\1__point',
        MIN(part_high(is_sure, COLUMNS('(.*)__high')))::DOUBLE AS '\1__high',
        COUNT(part_point(is_sure, COLUMNS('(.*)__point')))::INTEGER AS '\1__known',
        COUNT_IF(part_outcome(is_sure, COLUMNS('(.*)__outcome')) = 'unknown')::INTEGER AS '\1__unknown',
        COUNT_IF(part_outcome(is_sure, COLUMNS('(.*)__outcome')) = 'not_applicable')::INTEGER AS '\1__not_applicable',
        COUNT_IF(part_outcome(is_sure, COLUMNS('(.*)__outcome')) = 'exempt')::INTEGER AS '\1__exempt',
        COUNT_IF(part_outcome(is_sure, COLUMNS('(.*)__outcome')) = 'error')::INTEGER AS '\1__error'
    FROM part
    GROUP BY model_id
);

CREATE TEMP TABLE of_features AS (
    WITH part AS (
        SELECT
            live_part.model_id,
            live_part.is_sure AND score.feature_id IS NOT NULL AS is_sure,
            score.*
        FROM live_part
        LEFT JOIN score.features AS score ON live_part.artifact_id = score.feature_id
        WHERE live_part.kind = 'feature'
    )

    SELECT
        model_id,
        share_of(part_low(is_sure, COLUMNS('(sensitive_features_reviewed)__low')), 3) AS '\1__value_low',
        share_of(part_point(is_sure, COLUMNS('(sensitive_features_reviewed)__point')), 3) AS '\1__value_point',
        share_of(part_high(is_sure, COLUMNS('(sensitive_features_reviewed)__high')), 3) AS '\1__value_high',
        share_of(part_low(is_sure, COLUMNS('(sensitivity_classified)__low')), 4) AS '\1__value_low',
        share_of(part_point(is_sure, COLUMNS('(sensitivity_classified)__point')), 4) AS '\1__value_point',
        share_of(part_high(is_sure, COLUMNS('(sensitivity_classified)__high')), 4) AS '\1__value_high',
        COUNT(part_point(is_sure, COLUMNS('(.*)__point')))::INTEGER AS '\1__known',
        COUNT_IF(part_outcome(is_sure, COLUMNS('(.*)__outcome')) = 'unknown')::INTEGER AS '\1__unknown',
        COUNT_IF(part_outcome(is_sure, COLUMNS('(.*)__outcome')) = 'not_applicable')::INTEGER AS '\1__not_applicable',
        COUNT_IF(part_outcome(is_sure, COLUMNS('(.*)__outcome')) = 'exempt')::INTEGER AS '\1__exempt',
        COUNT_IF(part_outcome(is_sure, COLUMNS('(.*)__outcome')) = 'error')::INTEGER AS '\1__error'
    FROM part
    GROUP BY model_id
);

CREATE TEMP TABLE of_feature_sources AS (
    WITH part AS (
        SELECT
            live_part.model_id,
            live_part.is_sure AND score.feature_source_id IS NOT NULL AS is_sure,
            score.*
        FROM live_part
        LEFT JOIN score.feature_sources AS score ON live_part.artifact_id = score.feature_source_id
        WHERE live_part.kind = 'feature_source'
    )

    SELECT
        model_id,
        MIN(part_low(is_sure, COLUMNS('(.*)__low')))::DOUBLE AS '\1__low',
        MIN(part_point(is_sure, COLUMNS('(.*)__point')))::DOUBLE AS '\1__point',
        MIN(part_high(is_sure, COLUMNS('(.*)__high')))::DOUBLE AS '\1__high',
        COUNT(part_point(is_sure, COLUMNS('(.*)__point')))::INTEGER AS '\1__known',
        COUNT_IF(part_outcome(is_sure, COLUMNS('(.*)__outcome')) = 'unknown')::INTEGER AS '\1__unknown',
        COUNT_IF(part_outcome(is_sure, COLUMNS('(.*)__outcome')) = 'not_applicable')::INTEGER AS '\1__not_applicable',
        COUNT_IF(part_outcome(is_sure, COLUMNS('(.*)__outcome')) = 'exempt')::INTEGER AS '\1__exempt',
        COUNT_IF(part_outcome(is_sure, COLUMNS('(.*)__outcome')) = 'error')::INTEGER AS '\1__error'
    FROM part
    GROUP BY model_id
);

CREATE TEMP TABLE of_runs AS (
    WITH part AS (
        SELECT
            live_part.model_id,
            live_part.is_sure AND score.run_id IS NOT NULL AS is_sure,
            score.ended_at = MAX(score.ended_at) OVER (PARTITION BY live_part.model_id) AS is_latest,
            score.* EXCLUDE (model_id)
        FROM live_part
        LEFT JOIN score.runs AS score ON live_part.artifact_id = score.run_id
        WHERE live_part.kind = 'workflow_run'
    )

    SELECT
        model_id,
        MIN(part_low(is_sure, COLUMNS('(training_reproducible)__low')))::DOUBLE AS '\1__low',
        MIN(part_point(is_sure, COLUMNS('(training_reproducible)__point')))::DOUBLE AS '\1__point',
        MIN(part_high(is_sure, COLUMNS('(training_reproducible)__high')))::DOUBLE AS '\1__high',
        mean(part_low(is_sure, COLUMNS('(training_health)__low'))) AS '\1__low',
        mean(part_point(is_sure, COLUMNS('(training_health)__point'))) AS '\1__point',
        mean(part_high(is_sure, COLUMNS('(training_health)__high'))) AS '\1__high',
        share_of(part_low(is_sure, COLUMNS('(reviewed_source)__low')), 3) AS '\1__value_low',
        share_of(part_point(is_sure, COLUMNS('(reviewed_source)__point')), 3) AS '\1__value_point',
        share_of(part_high(is_sure, COLUMNS('(reviewed_source)__high')), 3) AS '\1__value_high',
        share_of(part_low(is_sure, COLUMNS('(training_cost_recorded)__low')), 2) AS '\1__value_low',
        share_of(part_point(is_sure, COLUMNS('(training_cost_recorded)__point')), 2) AS '\1__value_point',
        share_of(part_high(is_sure, COLUMNS('(training_cost_recorded)__high')), 2) AS '\1__value_high',
        -- The latest run counts; one without a time may be the latest.
        MIN(part_low(is_sure, retraining_automated__low)) FILTER (COALESCE(is_latest, TRUE))::DOUBLE AS retraining_automated__low,
        mean(CASE WHEN is_latest AND is_sure THEN retraining_automated__point END) AS retraining_automated__point,
        MAX(part_high(is_sure, retraining_automated__high)) FILTER (COALESCE(is_latest, TRUE))::DOUBLE AS retraining_automated__high,
        COUNT(part_point(is_sure, COLUMNS('(.*)__point')))::INTEGER AS '\1__known',
        COUNT_IF(part_outcome(is_sure, COLUMNS('(.*)__outcome')) = 'unknown')::INTEGER AS '\1__unknown',
        COUNT_IF(part_outcome(is_sure, COLUMNS('(.*)__outcome')) = 'not_applicable')::INTEGER AS '\1__not_applicable',
        COUNT_IF(part_outcome(is_sure, COLUMNS('(.*)__outcome')) = 'exempt')::INTEGER AS '\1__exempt',
        COUNT_IF(part_outcome(is_sure, COLUMNS('(.*)__outcome')) = 'error')::INTEGER AS '\1__error'
    FROM part
    GROUP BY model_id
);

CREATE TEMP TABLE of_servings AS (
    SELECT
        model_id,
        MIN(COLUMNS('(human_oversight|purpose_respected|release_approved|retraining_age|retraining_on_schedule)__(low|point|high)')) AS '\1__\2',
        mean(COLUMNS('(fairness_covers_live)__(low|point|high)')) AS '\1__\2',
        ROUND(MEDIAN(COLUMNS('(time_to_serving)__(low|point|high)')), 9) AS '\1__\2',
        share_of(COLUMNS('(placed_in_graph)__(low|point|high)'), 4) AS '\1__value_\2',
        SUM(COLUMNS('(.*)__(known|unknown|not_applicable|exempt|error)'))::INTEGER AS '\1__\2'
    FROM rollup.servings_pairs
    GROUP BY model_id
);

CREATE TEMP TABLE of_models AS (
    SELECT
        model_id,
        COLUMNS('(.*)__(low|point|high)')::DOUBLE AS '\1__\2',
        (COLUMNS('(.*)__point') IS NOT NULL)::INTEGER AS '\1__known',
        (COLUMNS('(.*)__outcome') = 'unknown')::INTEGER AS '\1__unknown',
        (COLUMNS('(.*)__outcome') = 'not_applicable')::INTEGER AS '\1__not_applicable',
        (COLUMNS('(.*)__outcome') = 'exempt')::INTEGER AS '\1__exempt',
        (COLUMNS('(.*)__outcome') = 'error')::INTEGER AS '\1__error'
    FROM score.models
);
