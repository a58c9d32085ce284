-- table: deployments
-- says: Every deployment: what answers there, for which models, who owns it, and whether it is asked.
-- grain: one row per deployment
-- key: deployment_id
-- version: 2
-- owner: ml-governance
-- source: NIST AI RMF 1.0, GOVERN 1.6: an inventory of systems in use
WITH answering AS (
    SELECT
        servings.deployment_id AS deployment_id,
        servings.binary_id AS binary_id,
        MIN(servings.binary_is) AS binary_is
    FROM standard.servings AS servings
    WHERE servings.binary_id IS NOT NULL
    GROUP BY servings.deployment_id, servings.binary_id
),

binary_count AS (
    SELECT
        answering.deployment_id AS deployment_id,
        COUNT(*) AS binary_count,
        COUNT(CASE WHEN answering.binary_is = 'described' THEN 1 END) AS described_binary_count
    FROM answering
    GROUP BY answering.deployment_id
),

in_model AS (
    SELECT DISTINCT
        model.deployment_id AS deployment_id,
        model.model_id AS model_id,
        model.model_by AS model_by
    FROM standard.model AS model
    WHERE model.deployment_id IS NOT NULL
),

deployment_model AS (
    SELECT
        in_model.deployment_id AS deployment_id,
        COUNT(*) AS model_count,
        MIN(in_model.model_id) AS model_id,
        MIN(in_model.model_by) AS model_by
    FROM in_model
    GROUP BY in_model.deployment_id
),

serving AS (
    SELECT
        servings.deployment_id AS deployment_id,
        CASE WHEN COUNT(*) = COUNT(servings.trained_at) THEN MIN(servings.trained_at) END AS trained_at,
        MIN(servings.edges_known) AS edges_known
    FROM standard.servings AS servings
    GROUP BY servings.deployment_id
),

monitor AS (
    SELECT
        looked_at.to_id AS deployment_id,
        COUNT(DISTINCT assessment.topic) AS monitor_count,
        CASE
            WHEN COUNT(*) = COUNT(assessment.assessed_at) AND COUNT(*) = COUNT(assessment.cadence_days)
                THEN MAX(
                    CAST(DATE_DIFF('second', assessment.assessed_at, run.as_of) AS DOUBLE) / 86400 / NULLIF(assessment.cadence_days, 0)
                )
        END AS lateness
    FROM graph.assessment_of AS looked_at
    INNER JOIN graph.assessment AS assessment ON looked_at.from_id = assessment.id
    CROSS JOIN standard.run AS run
    WHERE assessment.topic IN ('drift', 'skew', 'quality', 'latency', 'errors')
    GROUP BY looked_at.to_id
)

SELECT
    model_deployment.id AS deployment_id, -- The deployment.
    model_deployment.name AS name, -- Its display name.
    CASE WHEN deployment_model.model_count = 1 THEN deployment_model.model_id END AS model_id, -- Its model, where it serves just one.
    CASE WHEN deployment_model.model_count = 1 THEN deployment_model.model_by END AS model_by, -- What names that model.
    deployment_model.model_count AS model_count, -- The models that it serves.
    COALESCE(binary_count.binary_count, 0) AS binary_count, -- The binaries that answer there, ghosts too.
    COALESCE(binary_count.described_binary_count, 0) AS described_binary_count, -- Those of them that are described.
    model_deployment.is_live AS is_live, -- Whether it is up.
    active_deployment.is_member AS is_active, -- Whether it was asked in the 28 days before the run.
    production_deployment.is_member AS is_production, -- Whether it counts as production.
    model_deployment.environment AS environment, -- Production, staging or experiment.
    model_deployment.mode AS mode, -- Online, batch or streaming.
    model_deployment.status AS status, -- Up or down, as its tool says.
    model_deployment.url AS url, -- Where it answers.
    model_deployment.purpose AS purpose, -- What it is for.
    model_deployment.origin AS origin, -- Made here (internal), or bought (external).
    model_deployment.created_at AS created_at, -- When it came to be, UTC.
    model_deployment.last_changed_at AS last_changed_at, -- When it was last deployed or changed, UTC.
    model_deployment.last_request_at AS last_request_at, -- Its latest request, UTC.
    ROUND(CAST(DATE_DIFF('second', model_deployment.last_request_at, run.as_of) AS DOUBLE) / 86400, 9) AS days_since_request, -- Days of 24 h.
    COALESCE(monitor.monitor_count, 0) AS monitor_count, -- What of it is watched, of drift, skew, quality, latency and errors.
    ROUND(monitor.lateness, 9) AS monitor_lateness, -- Age of its latest check in cadences, of the latest monitor; unknown if any is.
    CASE WHEN access.artifact_id IS NULL THEN 0 ELSE 1 END AS has_access_review, -- 1 where a review of who may use it is told.
    access.state AS access_state, -- How far the latest of these is.
    access.result AS access_result, -- What it found.
    access.expires_at AS access_expires_at, -- Until when it holds, UTC.
    model_deployment.rollout AS rollout, -- How a new binary comes into use.
    model_deployment.log_retention_days AS log_retention_days, -- How long the log of its requests is kept, in days.
    model_deployment.is_deprecated AS is_deprecated, -- Whether people are told to stop using it.
    model_deployment.removal_at AS removal_at, -- When it is planned to be taken out of use, UTC.
    serving.trained_at AS trained_at, -- When the oldest of its binaries was trained, UTC; unknown if any is.
    ROUND(CAST(DATE_DIFF('second', serving.trained_at, run.as_of) AS DOUBLE) / 86400, 9) AS days_since_trained, -- Days of 24 hours since then.
    ownership.owners AS owners, -- Its owners: its own, else its families', else its codes'.
    ownership.owned_through AS owned_through, -- Where they were named: own, family or code; nothing: no owner.
    ownership.described_count AS described_owner_count, -- Those of them that are described as a person or team.
    ownership.is_owner_active AS is_owner_active, -- Whether any of them is still there.
    serving.edges_known AS edges_known, -- Known hops of its least known serving.
    4 AS edges_expected, -- The hops expected: a binary, its run, the run's code, the run's training dataset.
    model_deployment.flags AS flags -- What is odd about it.
FROM graph.model_deployment AS model_deployment
CROSS JOIN standard.run AS run
INNER JOIN serving ON model_deployment.id = serving.deployment_id
INNER JOIN deployment_model ON model_deployment.id = deployment_model.deployment_id
LEFT JOIN monitor ON model_deployment.id = monitor.deployment_id
LEFT JOIN standard.assessed AS access ON model_deployment.id = access.artifact_id AND access.topic = 'access'
LEFT JOIN binary_count ON model_deployment.id = binary_count.deployment_id
LEFT JOIN standard.active_deployment AS active_deployment ON model_deployment.id = active_deployment.deployment_id
LEFT JOIN standard.production_deployment AS production_deployment
    ON model_deployment.id = production_deployment.deployment_id
LEFT JOIN standard.ownership AS ownership ON model_deployment.id = ownership.artifact_id
