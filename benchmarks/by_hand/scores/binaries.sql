WITH judged AS (
    SELECT
        *,
        CASE
            WHEN reference_count = 0 THEN 0 ELSE ROUND(resolved_count::DOUBLE / reference_count, 9)
        END::DOUBLE AS training_lineage__value,
        CASE
            WHEN build_level >= 3 THEN 'hardened'
            WHEN build_level >= 2 THEN 'hosted'
            WHEN build_level >= 1 THEN 'present'
            WHEN digest IS NOT NULL THEN 'digest_only'
            ELSE 'none'
        END AS build_provenance__outcome,
        CASE
            WHEN has_evaluation = 1 AND evaluation_result = 'passed' AND approval = 'approved' THEN 'gated'
            WHEN has_evaluation = 1 AND evaluation_result = 'passed' THEN 'passed'
            WHEN has_evaluation = 1 THEN 'evaluated'
            ELSE 'none'
        END AS evaluated_before_use__outcome,
        CASE
            WHEN NOT (made = 'external' OR base_count > 0) THEN 'not_applicable'
            WHEN (made = 'external' OR base_count > 0) IS NULL THEN 'unknown'
            WHEN license IS NOT NULL AND pinned_base_count IS NOT NULL THEN 'pinned_and_licensed'
            WHEN license IS NOT NULL THEN 'licensed'
            WHEN base_count > 0 AND pinned_base_count IS NOT NULL THEN 'pinned'
            ELSE 'unknown_terms'
        END AS foreign_terms_known__outcome,
        CASE
            WHEN NOT affects_people THEN 'not_applicable'
            WHEN affects_people IS NULL OR fairness_gap IS NULL THEN 'unknown'
            WHEN fairness_gap <= 0.5 THEN 'close'
            WHEN fairness_gap <= 0.8 THEN 'fair'
            WHEN fairness_gap <= 1 THEN 'at_the_limit'
            WHEN fairness_gap <= 1.5 THEN 'above_the_limit'
            ELSE 'far_above'
        END AS group_gap__outcome,
        CASE
            WHEN stored_as = 'data' THEN 'data_only'
            WHEN stored_as IS NULL OR made IS NULL THEN 'unknown'
            WHEN made = 'internal' AND build_level >= 1 THEN 'own_proven_code'
            WHEN made = 'internal' THEN 'own_code'
            ELSE 'foreign_code'
        END AS safe_serialisation__outcome,
        COALESCE(sameness, 'unknown') AS same_bytes__outcome,
        CASE
            WHEN NOT affects_people THEN 'not_applicable'
            WHEN affects_people IS NULL OR slice_share IS NULL THEN 'unknown'
            WHEN slice_share >= 1 THEN 'all'
            WHEN slice_share >= 0.9 THEN 'nearly_all'
            WHEN slice_share >= 0.7 THEN 'most'
            WHEN slice_share >= 0.4 THEN 'some'
            ELSE 'few'
        END AS slices_covered__outcome,
        CASE
            WHEN training_lineage__value IS NULL THEN 'unknown'
            WHEN training_lineage__value >= 1 THEN 'whole'
            WHEN training_lineage__value >= 0.95 THEN 'nearly_whole'
            WHEN training_lineage__value >= 0.8 THEN 'mostly'
            WHEN training_lineage__value >= 0.5 THEN 'half'
            ELSE 'broken'
        END AS training_lineage__outcome,
        CASE dataset_pin
            WHEN 'name' THEN 'name_only' WHEN 'none' THEN 'nothing' ELSE COALESCE(dataset_pin, 'unknown')
        END AS training_set_pinned__outcome
    FROM standard.binaries
),

found AS (
    SELECT
        *,
        CASE build_provenance__outcome
            WHEN 'hardened' THEN 4 WHEN 'hosted' THEN 3 WHEN 'present' THEN 2 WHEN 'digest_only' THEN 1 WHEN 'none' THEN 0
        END AS build_provenance__found,
        CASE evaluated_before_use__outcome
            WHEN 'gated' THEN 4 WHEN 'passed' THEN 3 WHEN 'evaluated' THEN 1 WHEN 'none' THEN 0
        END AS evaluated_before_use__found,
        CASE foreign_terms_known__outcome
            WHEN 'pinned_and_licensed' THEN 4 WHEN 'licensed' THEN 2 WHEN 'pinned' THEN 1 WHEN 'unknown_terms' THEN 0
            WHEN 'unknown' THEN -1
        END AS foreign_terms_known__found,
        CASE group_gap__outcome
            WHEN 'close' THEN 4 WHEN 'fair' THEN 3 WHEN 'at_the_limit' THEN 2 WHEN 'above_the_limit' THEN 1 WHEN 'far_above' THEN 0
            WHEN 'unknown' THEN -1
        END AS group_gap__found,
        CASE safe_serialisation__outcome
            WHEN 'data_only' THEN 4 WHEN 'own_proven_code' THEN 2 WHEN 'own_code' THEN 1 WHEN 'foreign_code' THEN 0
            WHEN 'unknown' THEN -1
        END AS safe_serialisation__found,
        CASE same_bytes__outcome
            WHEN 'equal' THEN 4 WHEN 'declared' THEN 2 WHEN 'different' THEN 0 WHEN 'unknown' THEN -1
        END AS same_bytes__found,
        CASE slices_covered__outcome
            WHEN 'all' THEN 4 WHEN 'nearly_all' THEN 3 WHEN 'most' THEN 2 WHEN 'some' THEN 1 WHEN 'few' THEN 0 WHEN 'unknown' THEN -1
        END AS slices_covered__found,
        CASE training_lineage__outcome
            WHEN 'whole' THEN 4 WHEN 'nearly_whole' THEN 3 WHEN 'mostly' THEN 2 WHEN 'half' THEN 1 WHEN 'broken' THEN 0
            WHEN 'unknown' THEN -1
        END AS training_lineage__found,
        CASE training_set_pinned__outcome
            WHEN 'digest_and_version' THEN 4 WHEN 'digest' THEN 3 WHEN 'version' THEN 2 WHEN 'name_only' THEN 1 WHEN 'nothing' THEN 0
            WHEN 'unknown' THEN -1
        END AS training_set_pinned__found
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
    NULL::VARCHAR AS build_provenance__value,
    NULL::VARCHAR AS evaluated_before_use__value,
    NULL::VARCHAR AS foreign_terms_known__value,
    fairness_gap AS group_gap__value,
    NULL::VARCHAR AS safe_serialisation__value,
    sameness AS same_bytes__value,
    slice_share AS slices_covered__value,
    training_lineage__value,
    dataset_pin AS training_set_pinned__value,
    NULL::VARCHAR AS build_provenance__reason,
    NULL::VARCHAR AS evaluated_before_use__reason,
    CASE WHEN foreign_terms_known__outcome = 'unknown' THEN 'made' END AS foreign_terms_known__reason,
    CASE WHEN group_gap__outcome = 'unknown' THEN
        CASE WHEN affects_people IS NULL THEN 'affects_people' ELSE 'fairness_gap' END
    END AS group_gap__reason,
    CASE WHEN safe_serialisation__outcome = 'unknown' THEN
        CASE WHEN stored_as IS NULL THEN 'stored_as' ELSE 'made' END
    END AS safe_serialisation__reason,
    CASE WHEN same_bytes__outcome = 'unknown' THEN 'sameness' END AS same_bytes__reason,
    CASE WHEN slices_covered__outcome = 'unknown' THEN
        CASE WHEN affects_people IS NULL THEN 'affects_people' ELSE 'slice_share' END
    END AS slices_covered__reason,
    CASE WHEN training_lineage__outcome = 'unknown' THEN
        CASE WHEN reference_count IS NULL THEN 'reference_count' ELSE 'resolved_count' END
    END AS training_lineage__reason,
    CASE WHEN training_set_pinned__outcome = 'unknown' THEN 'dataset_pin' END AS training_set_pinned__reason
FROM found
