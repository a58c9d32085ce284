-- definition: production_deployment
-- says: A deployment counts as production when it is live and its environment is told to be production.
-- grain: one row per deployment
-- version: 1
-- owner: ml-governance
-- source: NIST AI RMF 1.0, GOVERN 1.6: an inventory of systems in use
SELECT
    model_deployment.id AS deployment_id, -- The deployment.
    model_deployment.is_live
    AND model_deployment.environment = 'production' AS is_member, -- Unknown where no source tells the environment.
    model_deployment.environment AS environment -- The evidence: the environment as it was told.
FROM graph.model_deployment AS model_deployment
