-- Every metric and every group per model: what the parts came to, their outcomes, then the hierarchy.
WITH joined AS (
    SELECT *
    FROM (SELECT model_id, model_by, is_live FROM standard.models)
    LEFT JOIN of_models USING (model_id)
    LEFT JOIN of_servings USING (model_id)
    LEFT JOIN of_deployments USING (model_id)
    LEFT JOIN of_binaries USING (model_id)
    LEFT JOIN of_runs USING (model_id)
    LEFT JOIN of_datasets USING (model_id)
    LEFT JOIN of_features USING (model_id)
    LEFT JOIN of_feature_sources USING (model_id)
),

levelled AS (
    SELECT
        COLUMNS('model_id|model_by|is_live|.*__(low|point|high)|.*__value_(low|point|high)'),
        share_level(COLUMNS('(placed_in_graph|reviewed_source|training_cost_recorded|sensitive_features_reviewed)__value_(low|point|high)')) AS '\1__\2',
        classified_level(COLUMNS('(sensitivity_classified)__value_(low|point|high)')) AS '\1__\2',
        COALESCE(COLUMNS('(.*)__(known|unknown|not_applicable|exempt|error)'), 0) AS '\1__\2'
    FROM joined
),

metric AS (
    SELECT
        *,
        -- The outcome of each is the name of its level.
        outcome(['violated', 'unreviewed', 'begun', 'lapsed', 'in_order'],
            access_reviewed__point, access_reviewed__low, access_reviewed__unknown, access_reviewed__error, access_reviewed__exempt) AS access_reviewed__outcome,
        outcome(['none', 'digest_only', 'present', 'hosted', 'hardened'],
            build_provenance__point, build_provenance__low, build_provenance__unknown, build_provenance__error, build_provenance__exempt) AS build_provenance__outcome,
        outcome(['direct', 'approved', 'shadow', 'canary', 'canary_with_rollback'],
            careful_rollout__point, careful_rollout__low, careful_rollout__unknown, careful_rollout__error, careful_rollout__exempt) AS careful_rollout__outcome,
        outcome(['idle', 'this_quarter', 'this_month', 'this_week', 'busy'],
            deployment_in_use__point, deployment_in_use__low, deployment_in_use__unknown, deployment_in_use__error, deployment_in_use__exempt) AS deployment_in_use__outcome,
        outcome(['hardly', 'partly', 'mostly', 'nearly_complete', 'complete'],
            documentation_complete__point, documentation_complete__low, documentation_complete__unknown, documentation_complete__error, documentation_complete__exempt) AS documentation_complete__outcome,
        outcome(['outdated', 'half_a_year_behind', 'a_quarter_behind', 'a_month_behind', 'current'],
            documentation_fresh__point, documentation_fresh__low, documentation_fresh__unknown, documentation_fresh__error, documentation_fresh__exempt) AS documentation_fresh__outcome,
        outcome(['none', 'evaluated', 'acceptable', 'passed', 'gated'],
            evaluated_before_use__point, evaluated_before_use__low, evaluated_before_use__unknown, evaluated_before_use__error, evaluated_before_use__exempt) AS evaluated_before_use__outcome,
        outcome(['none', 'planned', 'in_progress', 'completed', 'verified'],
            fairness_assessed__point, fairness_assessed__low, fairness_assessed__unknown, fairness_assessed__error, fairness_assessed__exempt) AS fairness_assessed__outcome,
        outcome(['uncovered', 'begun', 'acceptable', 'good', 'covered'],
            fairness_covers_live__point, fairness_covers_live__low, fairness_covers_live__unknown, fairness_covers_live__error, fairness_covers_live__exempt) AS fairness_covers_live__outcome,
        outcome(['unknown_terms', 'pinned', 'licensed', 'good', 'pinned_and_licensed'],
            foreign_terms_known__point, foreign_terms_known__low, foreign_terms_known__unknown, foreign_terms_known__error, foreign_terms_known__exempt) AS foreign_terms_known__outcome,
        outcome(['far_above', 'above_the_limit', 'at_the_limit', 'fair', 'close'],
            group_gap__point, group_gap__low, group_gap__unknown, group_gap__error, group_gap__exempt) AS group_gap__outcome,
        outcome(['none', 'partial', 'defined', 'trained', 'tested'],
            human_oversight__point, human_oversight__low, human_oversight__unknown, human_oversight__error, human_oversight__exempt) AS human_oversight__outcome,
        outcome(['few_or_none', 'some', 'many', 'most', 'nearly_all'],
            inputs_tested__point, inputs_tested__low, inputs_tested__unknown, inputs_tested__error, inputs_tested__exempt) AS inputs_tested__outcome,
        outcome(['less', 'a_month', 'a_quarter', 'half_a_year', 'a_year'],
            log_retention__point, log_retention__low, log_retention__unknown, log_retention__error, log_retention__exempt) AS log_retention__outcome,
        outcome(['none', 'some', 'three', 'four', 'all'],
            monitoring_coverage__point, monitoring_coverage__low, monitoring_coverage__unknown, monitoring_coverage__error, monitoring_coverage__exempt) AS monitoring_coverage__outcome,
        outcome(['dead', 'several_missed', 'one_missed', 'late', 'in_time'],
            monitors_alive__point, monitors_alive__low, monitors_alive__unknown, monitors_alive__error, monitors_alive__exempt) AS monitors_alive__outcome,
        outcome(['orphan', 'barely', 'half', 'nearly', 'whole'],
            placed_in_graph__point, placed_in_graph__low, placed_in_graph__unknown, placed_in_graph__error, placed_in_graph__exempt) AS placed_in_graph__outcome,
        outcome(['none', 'weak', 'stated', 'declared', 'approved'],
            purpose_declared__point, purpose_declared__low, purpose_declared__unknown, purpose_declared__error, purpose_declared__exempt) AS purpose_declared__outcome,
        outcome(['refused', 'weak', 'acceptable', 'good', 'allowed'],
            purpose_respected__point, purpose_respected__low, purpose_respected__unknown, purpose_respected__error, purpose_respected__exempt) AS purpose_respected__outcome,
        outcome(['rejected', 'pending', 'acceptable', 'good', 'approved'],
            release_approved__point, release_approved__low, release_approved__unknown, release_approved__error, release_approved__exempt) AS release_approved__outcome,
        outcome(['nobody', 'departed', 'named', 'inherited', 'accountable'],
            resolved_owner__point, resolved_owner__low, resolved_owner__unknown, resolved_owner__error, resolved_owner__exempt) AS resolved_owner__outcome,
        outcome(['forgotten', 'a_quarter_over', 'a_month_over', 'a_week_over', 'kept'],
            retention_kept__point, retention_kept__low, retention_kept__unknown, retention_kept__error, retention_kept__exempt) AS retention_kept__outcome,
        outcome(['abandoned', 'idle', 'deprecated', 'dated', 'leading'],
            retired_in_order__point, retired_in_order__low, retired_in_order__unknown, retired_in_order__error, retired_in_order__exempt) AS retired_in_order__outcome,
        outcome(['expired', 'stale', 'ageing', 'recent', 'fresh'],
            retraining_age__point, retraining_age__low, retraining_age__unknown, retraining_age__error, retraining_age__exempt) AS retraining_age__outcome,
        outcome(['failing', 'manual', 'acceptable', 'schedule', 'drift'],
            retraining_automated__point, retraining_automated__low, retraining_automated__unknown, retraining_automated__error, retraining_automated__exempt) AS retraining_automated__outcome,
        outcome(['stopped', 'several_missed', 'one_missed', 'late', 'in_time'],
            retraining_on_schedule__point, retraining_on_schedule__low, retraining_on_schedule__unknown, retraining_on_schedule__error, retraining_on_schedule__exempt) AS retraining_on_schedule__outcome,
        outcome(['forgotten', 'overdue', 'late', 'in_time', 'early'],
            review_on_time__point, review_on_time__low, review_on_time__unknown, review_on_time__error, review_on_time__exempt) AS review_on_time__outcome,
        outcome(['direct', 'weak', 'merged', 'merge_request', 'reviewed'],
            reviewed_source__point, reviewed_source__low, reviewed_source__unknown, reviewed_source__error, reviewed_source__exempt) AS reviewed_source__outcome,
        outcome(['none', 'proposed', 'assigned', 'reasoned', 'approved'],
            risk_assessed__point, risk_assessed__low, risk_assessed__unknown, risk_assessed__error, risk_assessed__exempt) AS risk_assessed__outcome,
        outcome(['foreign_code', 'own_code', 'own_proven_code', 'good', 'data_only'],
            safe_serialisation__point, safe_serialisation__low, safe_serialisation__unknown, safe_serialisation__error, safe_serialisation__exempt) AS safe_serialisation__outcome,
        outcome(['different', 'weak', 'declared', 'good', 'equal'],
            same_bytes__point, same_bytes__low, same_bytes__unknown, same_bytes__error, same_bytes__exempt) AS same_bytes__outcome,
        outcome(['unreviewed', 'weak', 'acceptable', 'reviewed', 'reviewed_lately'],
            sensitive_features_reviewed__point, sensitive_features_reviewed__low, sensitive_features_reviewed__unknown, sensitive_features_reviewed__error, sensitive_features_reviewed__exempt) AS sensitive_features_reviewed__outcome,
        outcome(['unclassified', 'weak', 'acceptable', 'good', 'classified'],
            sensitivity_classified__point, sensitivity_classified__low, sensitivity_classified__unknown, sensitivity_classified__error, sensitivity_classified__exempt) AS sensitivity_classified__outcome,
        outcome(['few', 'some', 'most', 'nearly_all', 'all'],
            slices_covered__point, slices_covered__low, slices_covered__unknown, slices_covered__error, slices_covered__exempt) AS slices_covered__outcome,
        outcome(['nearly_all', 'much', 'half', 'some', 'little'],
            stored_for_nothing__point, stored_for_nothing__low, stored_for_nothing__unknown, stored_for_nothing__error, stored_for_nothing__exempt) AS stored_for_nothing__outcome,
        outcome(['longer', 'a_quarter', 'a_month', 'a_week', 'a_day'],
            time_to_serving__point, time_to_serving__low, time_to_serving__unknown, time_to_serving__error, time_to_serving__exempt) AS time_to_serving__outcome,
        outcome(['nothing', 'weak', 'machine_time', 'good', 'energy'],
            training_cost_recorded__point, training_cost_recorded__low, training_cost_recorded__unknown, training_cost_recorded__error, training_cost_recorded__exempt) AS training_cost_recorded__outcome,
        outcome(['failing', 'half_the_time', 'often', 'mostly', 'healthy'],
            training_health__point, training_health__low, training_health__unknown, training_health__error, training_health__exempt) AS training_health__outcome,
        outcome(['broken', 'half', 'mostly', 'nearly_whole', 'whole'],
            training_lineage__point, training_lineage__low, training_lineage__unknown, training_lineage__error, training_lineage__exempt) AS training_lineage__outcome,
        outcome(['hardly_any', 'two', 'three', 'four', 'all'],
            training_reproducible__point, training_reproducible__low, training_reproducible__unknown, training_reproducible__error, training_reproducible__exempt) AS training_reproducible__outcome,
        outcome(['nothing', 'name_only', 'version', 'digest', 'digest_and_version'],
            training_set_pinned__point, training_set_pinned__low, training_set_pinned__unknown, training_set_pinned__error, training_set_pinned__exempt) AS training_set_pinned__outcome,
        outcome(['hardly_any', 'a_twentieth', 'a_sixth', 'a_third', 'half'],
            training_that_shipped__point, training_that_shipped__low, training_that_shipped__unknown, training_that_shipped__error, training_that_shipped__exempt) AS training_that_shipped__outcome
    FROM levelled
),

children AS (
    SELECT
        *,
        [*COLUMNS(getvariable('concept_drift') || '__low')] AS concept_drift__each_low,
        [*COLUMNS(getvariable('concept_drift') || '__point')] AS concept_drift__each_point,
        [*COLUMNS(getvariable('concept_drift') || '__high')] AS concept_drift__each_high,
        [*COLUMNS(getvariable('concept_drift') || '__outcome')] AS concept_drift__each_outcome,
        [*COLUMNS(getvariable('data_governance') || '__low')] AS data_governance__each_low,
        [*COLUMNS(getvariable('data_governance') || '__point')] AS data_governance__each_point,
        [*COLUMNS(getvariable('data_governance') || '__high')] AS data_governance__each_high,
        [*COLUMNS(getvariable('data_governance') || '__outcome')] AS data_governance__each_outcome,
        [*COLUMNS(getvariable('efficiency') || '__low')] AS efficiency__each_low,
        [*COLUMNS(getvariable('efficiency') || '__point')] AS efficiency__each_point,
        [*COLUMNS(getvariable('efficiency') || '__high')] AS efficiency__each_high,
        [*COLUMNS(getvariable('efficiency') || '__outcome')] AS efficiency__each_outcome,
        [*COLUMNS(getvariable('fairness') || '__low')] AS fairness__each_low,
        [*COLUMNS(getvariable('fairness') || '__point')] AS fairness__each_point,
        [*COLUMNS(getvariable('fairness') || '__high')] AS fairness__each_high,
        [*COLUMNS(getvariable('fairness') || '__outcome')] AS fairness__each_outcome,
        [*COLUMNS(getvariable('ownership_accountability') || '__low')] AS ownership_accountability__each_low,
        [*COLUMNS(getvariable('ownership_accountability') || '__point')] AS ownership_accountability__each_point,
        [*COLUMNS(getvariable('ownership_accountability') || '__high')] AS ownership_accountability__each_high,
        [*COLUMNS(getvariable('ownership_accountability') || '__outcome')] AS ownership_accountability__each_outcome,
        [*COLUMNS(getvariable('robustness') || '__low')] AS robustness__each_low,
        [*COLUMNS(getvariable('robustness') || '__point')] AS robustness__each_point,
        [*COLUMNS(getvariable('robustness') || '__high')] AS robustness__each_high,
        [*COLUMNS(getvariable('robustness') || '__outcome')] AS robustness__each_outcome,
        [*COLUMNS(getvariable('security') || '__low')] AS security__each_low,
        [*COLUMNS(getvariable('security') || '__point')] AS security__each_point,
        [*COLUMNS(getvariable('security') || '__high')] AS security__each_high,
        [*COLUMNS(getvariable('security') || '__outcome')] AS security__each_outcome,
        [*COLUMNS('.*__outcome')] AS overall__each_outcome
    FROM metric
),

goal AS (
    SELECT
        COLUMNS(LAMBDA name: name NOT LIKE '%__each_%'),
        LIST_MIN(COLUMNS('(concept_drift|data_governance|fairness|ownership_accountability)__each_(low|point|high)')) AS '\1__\2',
        ROUND(LIST_AVG(COLUMNS('(efficiency|robustness)__each_(low|point|high)')), 9) AS '\1__\2',
        gated(COLUMNS('(security)__each_(low|point|high)')) AS '\1__\2',
        number_known(COLUMNS('(.*)__each_outcome')) AS '\1__known',
        number_of(COLUMNS('(.*)__each_outcome'), 'unknown') AS '\1__unknown',
        number_of(COLUMNS('(.*)__each_outcome'), 'not_applicable') AS '\1__not_applicable',
        number_of(COLUMNS('(.*)__each_outcome'), 'exempt') AS '\1__exempt',
        number_of(COLUMNS('(.*)__each_outcome'), 'error') AS '\1__error'
    FROM children
),

overall AS (
    SELECT
        *,
        ROUND(LIST_AVG([*COLUMNS('(data_governance|efficiency|fairness|ownership_accountability|robustness|security)__low')]), 9) AS overall__low,
        ROUND(LIST_AVG([*COLUMNS('(data_governance|efficiency|fairness|ownership_accountability|robustness|security)__point')]), 9) AS overall__point,
        ROUND(LIST_AVG([*COLUMNS('(data_governance|efficiency|fairness|ownership_accountability|robustness|security)__high')]), 9) AS overall__high
    FROM goal
)

SELECT
    ROW_NUMBER() OVER (ORDER BY model_id)::INTEGER AS model_no,
    *,
    FLOOR(COLUMNS('(.*)__point'))::TINYINT AS '\1__level',
    outcome(['failing', 'weak', 'acceptable', 'good', 'leading'],
        concept_drift__point, concept_drift__low, concept_drift__unknown, concept_drift__error, concept_drift__exempt) AS concept_drift__outcome,
    outcome(['failing', 'weak', 'acceptable', 'good', 'leading'],
        data_governance__point, data_governance__low, data_governance__unknown, data_governance__error, data_governance__exempt) AS data_governance__outcome,
    outcome(['failing', 'weak', 'acceptable', 'good', 'leading'],
        efficiency__point, efficiency__low, efficiency__unknown, efficiency__error, efficiency__exempt) AS efficiency__outcome,
    outcome(['failing', 'weak', 'acceptable', 'good', 'leading'],
        fairness__point, fairness__low, fairness__unknown, fairness__error, fairness__exempt) AS fairness__outcome,
    outcome(['failing', 'weak', 'acceptable', 'good', 'leading'],
        ownership_accountability__point, ownership_accountability__low, ownership_accountability__unknown, ownership_accountability__error, ownership_accountability__exempt) AS ownership_accountability__outcome,
    outcome(['failing', 'weak', 'acceptable', 'good', 'leading'],
        robustness__point, robustness__low, robustness__unknown, robustness__error, robustness__exempt) AS robustness__outcome,
    outcome(['failing', 'weak', 'acceptable', 'good', 'leading'],
        security__point, security__low, security__unknown, security__error, security__exempt) AS security__outcome,
    outcome(['failing', 'weak', 'acceptable', 'good', 'leading'],
        overall__point, overall__low, overall__unknown, overall__error, overall__exempt) AS overall__outcome
FROM overall
