SELECT 'active_deployment' AS definition, deployment_id AS artifact_id, is_member FROM standard.active_deployment
UNION ALL
SELECT 'active_model', model_id, is_member FROM standard.active_model
UNION ALL
SELECT 'production_deployment', deployment_id, is_member FROM standard.production_deployment
