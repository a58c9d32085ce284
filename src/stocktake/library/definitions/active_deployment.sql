-- definition: active_deployment
-- says: A deployment is active when it is live and answered a request in the 28 days before the run.
-- grain: one row per deployment
-- version: 1
-- owner: ml-governance
-- source: Meta 2023, "Data interoperability standards": "what we mean by an 'active model'"
SELECT
    model_deployment.id AS deployment_id, -- The deployment.
    model_deployment.is_live
    AND model_deployment.last_request_at >= run.as_of - INTERVAL '28' DAY AS is_member, -- Unknown where no source tells.
    model_deployment.last_request_at AS last_request_at -- The evidence: its latest request, UTC.
FROM graph.model_deployment AS model_deployment
CROSS JOIN standard.run AS run
