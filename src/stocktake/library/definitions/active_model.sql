-- definition: active_model
-- says: A model is active when any of its deployments is.
-- grain: one row per model
-- version: 1
-- owner: ml-governance
-- source: Meta 2023, "Data interoperability standards": "what we mean by an 'active model'"
SELECT
    model.model_id AS model_id, -- The model: a code, family or deployment.
    CASE
        WHEN BOOL_OR(active_deployment.is_member) THEN TRUE
        WHEN COUNT(model.deployment_id) = COUNT(active_deployment.is_member) THEN FALSE
    END AS is_member, -- No deployment: not active. Unknown where none is active and of one it is unknown.
    CAST(COUNT(DISTINCT model.deployment_id) AS BIGINT) AS deployment_count -- The evidence: its deployments.
FROM standard.model AS model
LEFT JOIN standard.active_deployment AS active_deployment ON model.deployment_id = active_deployment.deployment_id
WHERE model.model_id IS NOT NULL
GROUP BY model.model_id
