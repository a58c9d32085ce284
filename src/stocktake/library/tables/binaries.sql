-- table: binaries
-- says: Every described binary: its model, training, owners, and how far it is placed in the graph.
-- grain: one row per described binary
-- key: binary_id
-- version: 2
-- owner: ml-governance
-- source: Meta 2023, "Data interoperability standards": flat tables for reports
WITH served_at AS (
    SELECT DISTINCT
        serves.to_id AS binary_id,
        serves.from_id AS deployment_id
    FROM graph.model_deployment_serves AS serves
),

served AS (
    SELECT
        served_at.binary_id AS binary_id,
        COUNT(*) AS deployment_count,
        COUNT(CASE WHEN model_deployment.is_live THEN 1 END) AS live_count,
        CASE
            WHEN BOOL_OR(model_deployment.is_live) THEN TRUE
            WHEN COUNT(*) = COUNT(model_deployment.is_live) THEN FALSE
        END AS is_live
    FROM served_at
    INNER JOIN graph.model_deployment AS model_deployment ON served_at.deployment_id = model_deployment.id
    GROUP BY served_at.binary_id
),

in_model AS (
    SELECT DISTINCT
        model.binary_id AS binary_id,
        model.model_id AS model_id,
        model.model_by AS model_by
    FROM standard.model AS model
    WHERE model.binary_is = 'described'
),

binary_model AS (
    SELECT
        in_model.binary_id AS binary_id,
        COUNT(in_model.model_id) AS model_count,
        MIN(in_model.model_id) AS model_id,
        MIN(in_model.model_by) AS model_by
    FROM in_model
    GROUP BY in_model.binary_id
),

code AS (
    SELECT
        ran.from_id AS run_id,
        MIN(ran.to_id) AS code_id
    FROM graph.workflow_run_model_code AS ran
    WHERE ran.to_is = 'described'
    GROUP BY ran.from_id
),

lineage AS (
    SELECT
        trained_by.from_id AS binary_id,
        MAX(CASE WHEN trained_by.to_is = 'described' THEN 1 ELSE 0 END) AS has_run,
        MAX(CASE WHEN code.code_id IS NOT NULL THEN 1 ELSE 0 END) AS has_code,
        MAX(CASE WHEN training_set.described_count > 0 THEN 1 ELSE 0 END) AS has_dataset,
        MAX(CASE WHEN training_set.run_id IS NULL THEN 1 ELSE 0 END) AS has_untold_run,
        MIN(code.code_id) AS code_id,
        MIN(
            CASE training_set.dataset_pin
                WHEN 'digest_and_version' THEN 4
                WHEN 'digest' THEN 3
                WHEN 'version' THEN 2
                WHEN 'name' THEN 1
                WHEN 'none' THEN 0
            END
        ) AS pin,
        CAST(SUM(training_set.dataset_count) AS BIGINT) AS dataset_count,
        CAST(SUM(data_lineage.reference_count) AS BIGINT) AS reference_count,
        CAST(SUM(data_lineage.resolved_count) AS BIGINT) AS resolved_count
    FROM graph.model_binary_workflow_run AS trained_by
    LEFT JOIN code ON trained_by.to_id = code.run_id
    LEFT JOIN standard.training_set AS training_set ON trained_by.to_id = training_set.run_id
    LEFT JOIN standard.data_lineage AS data_lineage ON trained_by.to_id = data_lineage.run_id
    GROUP BY trained_by.from_id
),

family AS (
    SELECT
        version_of.from_id AS binary_id,
        MIN(version_of.to_id) AS family_id,
        COUNT(*) AS family_count
    FROM graph.model_binary_family AS version_of
    WHERE version_of.to_is = 'described'
    GROUP BY version_of.from_id
),

base AS (
    SELECT
        made_from.from_id AS binary_id,
        COUNT(*) AS base_count,
        CASE WHEN COUNT(*) = COUNT(made_from.revision) THEN COUNT(*) END AS pinned_count
    FROM graph.model_binary_base AS made_from
    GROUP BY made_from.from_id
)

SELECT
    model_binary.id AS binary_id, -- The binary.
    model_binary.name AS name, -- Its display name.
    CASE WHEN binary_model.model_count = 1 THEN binary_model.model_id END AS model_id, -- Its model, where it has just one.
    CASE WHEN binary_model.model_count = 1 THEN binary_model.model_by END AS model_by, -- What names it: code, family, deployment.
    binary_model.model_count AS model_count, -- Its models; 0: no code, family or deployment is known.
    last_training.run_id AS run_id, -- Its last training run; unknown where the order of several is.
    lineage.code_id AS code_id, -- The first of the codes that trained it.
    family.family_id AS family_id, -- The first of the families that it is a version of.
    COALESCE(family.family_count, 0) AS family_count, -- The families that it is a version of.
    COALESCE(last_training.run_count, 0) AS run_count, -- The runs that trained it.
    last_training.trained_at AS trained_at, -- When its last training ended, UTC; unknown if any end is.
    ROUND(CAST(DATE_DIFF('second', last_training.trained_at, run.as_of) AS DOUBLE) / 86400, 9) AS days_since_trained, -- Days of 24 hours.
    CASE WHEN served.binary_id IS NULL THEN FALSE ELSE served.is_live END AS is_live, -- Whether a live deployment serves it.
    COALESCE(served.deployment_count, 0) AS deployment_count, -- The deployments that serve it.
    COALESCE(served.live_count, 0) AS live_deployment_count, -- Those of them that are surely live.
    ownership.owners AS owners, -- Its owners: its own, else its family's, else its code's.
    ownership.owned_through AS owned_through, -- Where they were named: own, family or code; nothing: no owner.
    ownership.described_count AS described_owner_count, -- Those of them that are described as a person or team.
    ownership.is_owner_active AS is_owner_active, -- Whether any of them is still there.
    COALESCE(lineage.has_run, 0) + COALESCE(lineage.has_code, 0) + COALESCE(lineage.has_dataset, 0) AS edges_known, -- Known hops.
    3 AS edges_expected, -- The hops expected: a run, the run's code, the run's training dataset.
    COALESCE(lineage.has_run, 0) AS has_run, -- 1 where a described run trained it.
    COALESCE(lineage.has_code, 0) AS has_code, -- 1 where such a run tells its code.
    COALESCE(lineage.has_dataset, 0) AS has_dataset, -- 1 where such a run tells its training dataset.
    lineage.dataset_count AS dataset_count, -- The training datasets of its runs; unknown without a described run.
    CASE
        WHEN lineage.has_untold_run = 0
            THEN CASE lineage.pin
                WHEN 4 THEN 'digest_and_version'
                WHEN 3 THEN 'digest'
                WHEN 2 THEN 'version'
                WHEN 1 THEN 'name'
                WHEN 0 THEN 'none'
            END
    END AS dataset_pin, -- How its least pinned training set is: digest_and_version, digest, version, name or none.
    CASE WHEN lineage.has_untold_run = 0 THEN lineage.reference_count END AS reference_count, -- References to its data, and on.
    CASE WHEN lineage.has_untold_run = 0 THEN lineage.resolved_count END AS resolved_count, -- Those that lead somewhere.
    run_start.cadence_days AS cadence_days, -- Days from one training to the next, by the schedule of its last run.
    COALESCE(base.base_count, 0) AS base_count, -- The binaries that it was made from.
    CASE WHEN base.binary_id IS NULL THEN 0 ELSE base.pinned_count END AS pinned_base_count, -- All of these; unknown where a revision is.
    CASE WHEN lineage.has_run = 1 THEN 'internal' ELSE model_binary.origin END AS made, -- Here (internal), or elsewhere (external).
    CASE
        WHEN LOWER(model_binary.format) IN (
            'safetensors', 'onnx', 'gguf', 'xgboost', 'lightgbm', 'catboost', 'tensorflow', 'tf', 'spark', 'h2o', 'pmml', 'tflite',
            'prophet', 'fastText', 'pmdarima_json', 'coreml', 'openvino', 'paddle', 'tensorrt', 'savedmodel', 'json', 'ubj'
        ) THEN 'data'
        WHEN LOWER(model_binary.format) IN (
            'pickle', 'pkl', 'joblib', 'sklearn', 'scikit-learn', 'python_function', 'pyfunc', 'pytorch', 'torch', 'picklable_model',
            'picklable', 'statsmodels', 'fastai', 'keras', 'pmdarima', 'diviner', 'spacy', 'langchain', 'dill', 'cloudpickle'
        ) THEN 'code'
    END AS stored_as, -- Whether loading it can run what it holds (code) or not (data).
    CASE
        WHEN LIST_CONTAINS(model_binary.flags, 'identity_conflict') THEN 'different'
        WHEN LIST_CONTAINS(model_binary.flags, 'joined_without_digest') THEN 'declared'
        WHEN model_binary.digest IS NOT NULL THEN 'equal'
    END AS sameness, -- Whether its tools mean the same bytes: equal by digest, only declared, or different digests.
    CASE WHEN quality.artifact_id IS NULL THEN 0 ELSE 1 END AS has_evaluation, -- 1 where an evaluation of its quality is told.
    quality.result AS evaluation_result, -- What the latest of these found: passed or failed.
    CASE WHEN fairness.artifact_id IS NULL THEN 0 ELSE 1 END AS has_fairness, -- 1 where an assessment of its fairness is told.
    fairness.state AS fairness_state, -- How far the latest of these is.
    ROUND(fairness.worst_gap / NULLIF(fairness.gap_limit, 0), 9) AS fairness_gap, -- The worst gap between groups, by the limit.
    ROUND(CAST(fairness.slice_count AS DOUBLE) / NULLIF(fairness.slice_required_count, 0), 9) AS slice_share, -- Slices looked at.
    model_risk.affects_people AS affects_people, -- Whether its model decides over people; unknown where it has several.
    model_binary.license AS license, -- The licence of its weights.
    model_binary.build_level AS build_level, -- The SLSA build level that its provenance attests.
    model_binary.digest AS digest, -- Hash of its bytes.
    model_binary.uri AS uri, -- Where its bytes are.
    model_binary.version AS version, -- Its version in its family.
    model_binary.format AS format, -- How it is stored.
    model_binary.size_bytes AS size_bytes, -- Size, in bytes.
    model_binary.aliases AS aliases, -- The names that point at it now.
    model_binary.approval AS approval, -- Whether it may be used.
    model_binary.origin AS origin, -- Made here (internal), or bought or downloaded (external).
    model_binary.purpose AS purpose, -- What it is for.
    model_binary.created_at AS created_at, -- When it came to be, UTC.
    model_binary.flags AS flags -- What is odd about it.
FROM graph.model_binary AS model_binary
CROSS JOIN standard.run AS run
INNER JOIN binary_model ON model_binary.id = binary_model.binary_id
LEFT JOIN standard.last_training AS last_training ON model_binary.id = last_training.binary_id
LEFT JOIN lineage ON model_binary.id = lineage.binary_id
LEFT JOIN family ON model_binary.id = family.binary_id
LEFT JOIN served ON model_binary.id = served.binary_id
LEFT JOIN base ON model_binary.id = base.binary_id
LEFT JOIN standard.run_start AS run_start ON last_training.run_id = run_start.run_id
LEFT JOIN standard.assessed AS quality ON model_binary.id = quality.artifact_id AND quality.topic = 'quality'
LEFT JOIN standard.assessed AS fairness ON model_binary.id = fairness.artifact_id AND fairness.topic = 'fairness'
LEFT JOIN standard.model_risk AS model_risk ON binary_model.model_count = 1 AND binary_model.model_id = model_risk.model_id
LEFT JOIN standard.ownership AS ownership ON model_binary.id = ownership.artifact_id
