-- table: model_parts
-- says: Everything that a model is made of, so that what is found on a part can be rolled up to its models.
-- grain: one row per model and artifact
-- key: model_id, kind, artifact_id
-- version: 1
-- owner: ml-governance
-- source: Meta 2023, "Metadata graph": from feature source to deployment
WITH served AS (
    SELECT
        model.model_id AS model_id,
        model.deployment_id AS deployment_id,
        model.binary_id AS binary_id,
        CASE WHEN model.deployment_id IS NULL THEN FALSE ELSE model_deployment.is_live END AS is_live
    FROM standard.model AS model
    LEFT JOIN graph.model_deployment AS model_deployment ON model.deployment_id = model_deployment.id
    WHERE model.model_id IS NOT NULL
),

binary_part AS (
    SELECT
        served.model_id AS model_id,
        served.binary_id AS binary_id,
        MAX(CASE WHEN served.is_live THEN 2 WHEN served.is_live IS NULL THEN 1 ELSE 0 END) AS liveness
    FROM served
    WHERE served.binary_id IS NOT NULL
    GROUP BY served.model_id, served.binary_id
),

run_part AS (
    SELECT
        binary_part.model_id AS model_id,
        trained_by.to_id AS run_id,
        MAX(binary_part.liveness) AS liveness
    FROM binary_part
    INNER JOIN graph.model_binary_workflow_run AS trained_by ON binary_part.binary_id = trained_by.from_id
    GROUP BY binary_part.model_id, trained_by.to_id
),

dataset_part AS (
    SELECT
        run_part.model_id AS model_id,
        datasets.to_id AS dataset_id,
        MAX(run_part.liveness) AS liveness
    FROM run_part
    INNER JOIN graph.workflow_run_datasets AS datasets ON run_part.run_id = datasets.from_id
    GROUP BY run_part.model_id, datasets.to_id
),

feature_part AS (
    SELECT
        dataset_part.model_id AS model_id,
        features.to_id AS feature_id,
        MAX(dataset_part.liveness) AS liveness
    FROM dataset_part
    INNER JOIN graph.dataset_features AS features ON dataset_part.dataset_id = features.from_id
    GROUP BY dataset_part.model_id, features.to_id
),

data AS (
    SELECT
        dataset_part.model_id AS model_id,
        'dataset' AS kind,
        dataset_part.dataset_id AS artifact_id,
        dataset_part.liveness AS liveness
    FROM dataset_part
    UNION ALL
    SELECT
        run_part.model_id AS model_id,
        reads.to_kind AS kind,
        reads.to_id AS artifact_id,
        run_part.liveness AS liveness
    FROM run_part
    INNER JOIN graph.workflow_run_reads AS reads ON run_part.run_id = reads.from_id
    UNION ALL
    SELECT
        feature_part.model_id AS model_id,
        'feature' AS kind,
        feature_part.feature_id AS artifact_id,
        feature_part.liveness AS liveness
    FROM feature_part
    UNION ALL
    SELECT
        feature_part.model_id AS model_id,
        'feature_source' AS kind,
        sources.to_id AS artifact_id,
        feature_part.liveness AS liveness
    FROM feature_part
    INNER JOIN graph.feature_sources AS sources ON feature_part.feature_id = sources.from_id
    UNION ALL
    SELECT
        dataset_part.model_id AS model_id,
        'feature_source' AS kind,
        sources.to_id AS artifact_id,
        dataset_part.liveness AS liveness
    FROM dataset_part
    INNER JOIN graph.dataset_sources AS sources ON dataset_part.dataset_id = sources.from_id
),

-- Each of these is told once a model, the data in several ways.
part AS (
    SELECT
        served.model_id AS model_id,
        'model_deployment' AS kind,
        served.deployment_id AS artifact_id,
        MAX(CASE WHEN served.is_live THEN 2 WHEN served.is_live IS NULL THEN 1 ELSE 0 END) AS liveness
    FROM served
    WHERE served.deployment_id IS NOT NULL
    GROUP BY served.model_id, served.deployment_id
    UNION ALL
    SELECT
        binary_part.model_id AS model_id,
        'model_binary' AS kind,
        binary_part.binary_id AS artifact_id,
        binary_part.liveness AS liveness
    FROM binary_part
    UNION ALL
    SELECT
        binary_part.model_id AS model_id,
        'model_family' AS kind,
        version_of.to_id AS artifact_id,
        MAX(binary_part.liveness) AS liveness
    FROM binary_part
    INNER JOIN graph.model_binary_family AS version_of ON binary_part.binary_id = version_of.from_id
    GROUP BY binary_part.model_id, version_of.to_id
    UNION ALL
    SELECT
        run_part.model_id AS model_id,
        'workflow_run' AS kind,
        run_part.run_id AS artifact_id,
        run_part.liveness AS liveness
    FROM run_part
    UNION ALL
    SELECT
        run_part.model_id AS model_id,
        'model_code' AS kind,
        ran.to_id AS artifact_id,
        MAX(run_part.liveness) AS liveness
    FROM run_part
    INNER JOIN graph.workflow_run_model_code AS ran ON run_part.run_id = ran.from_id
    GROUP BY run_part.model_id, ran.to_id
    UNION ALL
    SELECT
        data.model_id AS model_id,
        data.kind AS kind,
        data.artifact_id AS artifact_id,
        MAX(data.liveness) AS liveness
    FROM data
    GROUP BY data.model_id, data.kind, data.artifact_id
)

SELECT
    part.model_id AS model_id, -- The model.
    part.kind AS kind, -- The kind of the artifact.
    part.artifact_id AS artifact_id, -- The artifact, a ghost where nobody described it.
    CASE part.liveness WHEN 2 THEN TRUE WHEN 0 THEN FALSE END AS is_live -- Whether a live serving of the model rests on it.
FROM part
