-- What stands below each goal of the hierarchy, as a pattern of columns.
SET VARIABLE concept_drift =
    '(retraining_age|retraining_on_schedule)';
SET VARIABLE data_governance =
    '(purpose_declared|purpose_respected|retention_kept|sensitivity_classified|training_lineage|training_set_pinned)';
SET VARIABLE efficiency =
    '(deployment_in_use|retired_in_order|stored_for_nothing|time_to_serving|training_cost_recorded'
    || '|training_that_shipped)';
SET VARIABLE fairness =
    '(fairness_assessed|fairness_covers_live|group_gap|human_oversight|sensitive_features_reviewed|slices_covered)';
SET VARIABLE ownership_accountability =
    '(deployment_in_use|documentation_complete|documentation_fresh|placed_in_graph|resolved_owner|retired_in_order'
    || '|review_on_time|reviewed_source|risk_assessed|training_lineage)';
SET VARIABLE robustness =
    '(careful_rollout|evaluated_before_use|inputs_tested|monitoring_coverage|monitors_alive|retraining_age'
    || '|retraining_automated|retraining_on_schedule|slices_covered|training_health|training_lineage'
    || '|training_reproducible|training_set_pinned)';
SET VARIABLE security =
    '(access_reviewed|build_provenance|foreign_terms_known|log_retention|release_approved|reviewed_source'
    || '|safe_serialisation|same_bytes)';
