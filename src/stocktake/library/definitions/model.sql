-- definition: model
-- says: A model is a source code that trains binaries; where no code is known, a registered family; else a deployment.
-- grain: one row per deployment and binary, either of which may be absent, and per model of the two
-- version: 1
-- owner: ml-governance
-- source: Meta 2023, "How many models do we have?": the unit is a purpose, best named by the code that trains for it
WITH binary_code AS (
    SELECT DISTINCT
        trained_by.from_id AS binary_id,
        ran.to_id AS code_id
    FROM graph.model_binary_workflow_run AS trained_by
    INNER JOIN graph.workflow_run_model_code AS ran ON trained_by.to_id = ran.from_id
    WHERE ran.to_is = 'described'
),

binary_family AS (
    SELECT DISTINCT
        version_of.from_id AS binary_id,
        version_of.to_id AS family_id
    FROM graph.model_binary_family AS version_of
    WHERE version_of.to_is = 'described'
),

candidate AS (
    SELECT
        binary_code.binary_id AS binary_id,
        binary_code.code_id AS model_id,
        'code' AS model_by
    FROM binary_code
    UNION ALL
    SELECT
        binary_family.binary_id AS binary_id,
        binary_family.family_id AS model_id,
        'family' AS model_by
    FROM binary_family
    LEFT JOIN binary_code ON binary_family.binary_id = binary_code.binary_id
    WHERE binary_code.binary_id IS NULL
),

binary_model AS (
    SELECT
        candidate.binary_id AS binary_id,
        candidate.model_id AS model_id,
        candidate.model_by AS model_by,
        COUNT(*) OVER (PARTITION BY candidate.binary_id) AS model_count
    FROM candidate
),

pair AS (
    SELECT DISTINCT
        model_deployment.id AS deployment_id,
        serves.to_id AS binary_id,
        serves.to_is AS binary_is
    FROM graph.model_deployment AS model_deployment
    LEFT JOIN graph.model_deployment_serves AS serves ON model_deployment.id = serves.from_id
    UNION ALL
    SELECT
        CAST(NULL AS VARCHAR) AS deployment_id,
        model_binary.id AS binary_id,
        'described' AS binary_is
    FROM graph.model_binary AS model_binary
    LEFT JOIN graph.model_deployment_serves AS serves ON model_binary.id = serves.to_id
    WHERE serves.to_id IS NULL
)

SELECT
    pair.deployment_id AS deployment_id, -- The deployment; none where the binary answers nowhere.
    pair.binary_id AS binary_id, -- The binary; none where the deployment tells of none.
    pair.binary_is AS binary_is, -- Whether the binary is described, a ghost or retired.
    COALESCE(binary_model.model_id, pair.deployment_id) AS model_id, -- The code, family or deployment that is the model.
    CASE
        WHEN binary_model.model_by IS NOT NULL THEN binary_model.model_by
        WHEN pair.deployment_id IS NOT NULL THEN 'deployment'
    END AS model_by, -- What names the model: code, family or deployment; nothing where none of them is known.
    COALESCE(binary_model.model_count, 1) AS model_count -- Models of this pair; above 1: several.
FROM pair
LEFT JOIN binary_model ON pair.binary_id = binary_model.binary_id
