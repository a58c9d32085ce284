-- definition: purpose_fit
-- says: Whether all data behind what a deployment serves may be used for the deployment's purpose.
-- grain: one row per deployment and binary that it serves
-- version: 1
-- owner: ml-governance
-- source: Meta 2023, "Maturity metrics": data is used for a limited, clearly stated purpose
WITH trained_on AS (
    SELECT DISTINCT
        trained_by.from_id AS binary_id,
        datasets.to_id AS dataset_id
    FROM graph.model_binary_workflow_run AS trained_by
    INNER JOIN graph.workflow_run_datasets AS datasets ON trained_by.to_id = datasets.from_id
),

dataset_source AS (
    SELECT
        sources.from_id AS dataset_id,
        sources.to_id AS source_id
    FROM graph.dataset_sources AS sources
    UNION ALL
    SELECT
        features.from_id AS dataset_id,
        sources.to_id AS source_id
    FROM graph.dataset_features AS features
    INNER JOIN graph.feature_sources AS sources ON features.to_id = sources.from_id
),

data AS (
    SELECT
        trained_on.binary_id AS binary_id,
        dataset.id AS data_id,
        dataset.allowed_purposes AS allowed_purposes
    FROM trained_on
    INNER JOIN graph.dataset AS dataset ON trained_on.dataset_id = dataset.id
    UNION
    SELECT
        trained_on.binary_id AS binary_id,
        feature_source.id AS data_id,
        feature_source.allowed_purposes AS allowed_purposes
    FROM trained_on
    INNER JOIN dataset_source ON trained_on.dataset_id = dataset_source.dataset_id
    INNER JOIN graph.feature_source AS feature_source ON dataset_source.source_id = feature_source.id
),

fit AS (
    SELECT DISTINCT
        model_deployment.id AS deployment_id,
        serves.to_id AS binary_id,
        data.data_id AS data_id,
        LIST_CONTAINS(data.allowed_purposes, model_deployment.purpose) AS is_allowed
    FROM graph.model_deployment AS model_deployment
    INNER JOIN graph.model_deployment_serves AS serves ON model_deployment.id = serves.from_id
    INNER JOIN data ON serves.to_id = data.binary_id
)

SELECT
    fit.deployment_id AS deployment_id, -- The deployment.
    fit.binary_id AS binary_id, -- The binary that it serves.
    COUNT(*) AS data_count, -- The datasets and sources behind it.
    CASE
        WHEN NOT BOOL_AND(fit.is_allowed) THEN FALSE
        WHEN COUNT(*) = COUNT(fit.is_allowed) THEN TRUE
    END AS is_allowed -- Whether all of them allow the purpose; FALSE where one does not, unknown where one is silent.
FROM fit
GROUP BY fit.deployment_id, fit.binary_id
