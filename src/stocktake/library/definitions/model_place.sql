-- definition: model_place
-- says: A model's place: the teams that answer for it, the environments that it answers in, the sources that tell of it.
-- grain: one row per model of which any of these is told
-- version: 1
-- owner: ml-governance
-- absence: owner_type, environment, owner.name
-- source: Meta 2023, "Who owns them?": reports are asked for by team, environment and tool
WITH place AS (
    SELECT
        model.model_id AS model_id,
        owner.name AS team,
        CAST(NULL AS VARCHAR) AS environment,
        CAST(NULL AS VARCHAR) AS source
    FROM standard.model AS model
    INNER JOIN standard.model_owner AS model_owner ON model.model_id = model_owner.artifact_id
    INNER JOIN graph.owner AS owner ON model_owner.owner_id = owner.id
    WHERE owner.owner_type = 'team'
    UNION ALL
    SELECT
        model.model_id AS model_id,
        owner.name AS team,
        CAST(NULL AS VARCHAR) AS environment,
        CAST(NULL AS VARCHAR) AS source
    FROM standard.model AS model
    INNER JOIN standard.model_owner AS model_owner ON model.model_id = model_owner.artifact_id
    INNER JOIN graph.member_closure AS member_of ON model_owner.owner_id = member_of.from_id
    INNER JOIN graph.owner AS owner ON member_of.to_id = owner.id
    UNION ALL
    SELECT
        model.model_id AS model_id,
        CAST(NULL AS VARCHAR) AS team,
        model_deployment.environment AS environment,
        CAST(NULL AS VARCHAR) AS source
    FROM standard.model AS model
    INNER JOIN graph.model_deployment AS model_deployment ON model.deployment_id = model_deployment.id
    UNION ALL
    SELECT
        model.model_id AS model_id,
        CAST(NULL AS VARCHAR) AS team,
        CAST(NULL AS VARCHAR) AS environment,
        artifact_source.source AS source
    FROM standard.model AS model
    INNER JOIN graph.artifact_source AS artifact_source ON model.model_id = artifact_source.id
    UNION ALL
    SELECT
        model.model_id AS model_id,
        CAST(NULL AS VARCHAR) AS team,
        CAST(NULL AS VARCHAR) AS environment,
        artifact_source.source AS source
    FROM standard.model AS model
    INNER JOIN graph.artifact_source AS artifact_source ON model.deployment_id = artifact_source.id
    UNION ALL
    SELECT
        model.model_id AS model_id,
        CAST(NULL AS VARCHAR) AS team,
        CAST(NULL AS VARCHAR) AS environment,
        artifact_source.source AS source
    FROM standard.model AS model
    INNER JOIN graph.artifact_source AS artifact_source ON model.binary_id = artifact_source.id
)

SELECT
    place.model_id AS model_id, -- The model: a code, a family or a deployment.
    LIST_SORT(ARRAY_AGG(DISTINCT place.team) FILTER (WHERE place.team IS NOT NULL)) AS teams, -- Those that own it or whose members do.
    LIST_SORT(ARRAY_AGG(DISTINCT place.environment) FILTER (WHERE place.environment IS NOT NULL)) AS environments, -- Of its deployments.
    LIST_SORT(ARRAY_AGG(DISTINCT place.source) FILTER (WHERE place.source IS NOT NULL)) AS sources -- Those that tell of it or its parts.
FROM place
WHERE place.model_id IS NOT NULL
GROUP BY place.model_id
