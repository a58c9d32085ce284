-- table: models
-- says: Every model by the definition model: what stands behind it, whether it answers, who owns it, when it last learned.
-- grain: one row per model
-- version: 1
-- owner: ml-governance
-- source: Meta 2023, "How many models do we have?"
WITH deployed AS (
    SELECT
        model.model_id AS model_id,
        MIN(model.model_by) AS model_by,
        COUNT(DISTINCT CASE WHEN model.binary_is = 'described' THEN model.binary_id END) AS binary_count,
        COUNT(DISTINCT model.deployment_id) AS deployment_count,
        COUNT(DISTINCT CASE WHEN model_deployment.is_live THEN model.deployment_id END) AS live_count,
        CASE
            WHEN BOOL_OR(model_deployment.is_live) THEN TRUE
            WHEN COUNT(model.deployment_id) = COUNT(model_deployment.is_live) THEN FALSE
        END AS is_live,
        CASE
            WHEN BOOL_OR(production_deployment.is_member) THEN TRUE
            WHEN COUNT(model.deployment_id) = COUNT(production_deployment.is_member) THEN FALSE
        END AS is_production,
        BOOL_OR(model.model_count > 1) AS is_shared
    FROM standard.model AS model
    LEFT JOIN graph.model_deployment AS model_deployment ON model.deployment_id = model_deployment.id
    LEFT JOIN standard.production_deployment AS production_deployment
        ON model.deployment_id = production_deployment.deployment_id
    WHERE model.model_id IS NOT NULL
    GROUP BY model.model_id
),

binary_model AS (
    SELECT DISTINCT
        model.model_id AS model_id,
        model.binary_id AS binary_id
    FROM standard.model AS model
),

trained AS (
    SELECT
        binary_model.model_id AS model_id,
        CASE WHEN COUNT(*) = COUNT(binaries.trained_at) THEN MAX(binaries.trained_at) END AS trained_at,
        MIN(binaries.edges_known) AS edges_known,
        CAST(SUM(binaries.run_count) AS BIGINT) AS run_count
    FROM binary_model
    INNER JOIN standard.binaries AS binaries ON binary_model.binary_id = binaries.binary_id
    GROUP BY binary_model.model_id
),

family_size AS (
    SELECT
        binary_model.model_id AS model_id,
        version_of.to_id AS family_id,
        COUNT(*) AS binary_count
    FROM binary_model
    INNER JOIN graph.model_binary_family AS version_of ON binary_model.binary_id = version_of.from_id
    GROUP BY binary_model.model_id, version_of.to_id
),

registered AS (
    SELECT
        binary_model.model_id AS model_id,
        COUNT(DISTINCT binary_model.binary_id) AS binary_count
    FROM binary_model
    INNER JOIN graph.model_binary_family AS version_of ON binary_model.binary_id = version_of.from_id
    GROUP BY binary_model.model_id
),

family AS (
    SELECT
        family_size.model_id AS model_id,
        COUNT(*) AS family_count,
        MAX(family_size.binary_count) AS most_binary_count
    FROM family_size
    GROUP BY family_size.model_id
),

named AS (
    SELECT
        model_code.id AS model_id,
        model_code.name AS name,
        model_code.purpose AS purpose
    FROM graph.model_code AS model_code
    UNION ALL
    SELECT
        model_family.id AS model_id,
        model_family.name AS name,
        model_family.purpose AS purpose
    FROM graph.model_family AS model_family
    UNION ALL
    SELECT
        model_deployment.id AS model_id,
        model_deployment.name AS name,
        model_deployment.purpose AS purpose
    FROM graph.model_deployment AS model_deployment
)

SELECT
    deployed.model_id AS model_id, -- The model: a code, a family or a deployment.
    deployed.model_by AS model_by, -- What names it: code, family or deployment.
    named.name AS name, -- The display name of that code, family or deployment.
    named.purpose AS purpose, -- What that code, family or deployment is for.
    deployed.is_live AS is_live, -- Whether a live deployment serves it.
    active_model.is_member AS is_active, -- Whether any of its deployments was asked in the 28 days before the run.
    deployed.is_production AS is_production, -- Whether any of its deployments counts as production.
    deployed.binary_count AS binary_count, -- Its described binaries.
    deployed.deployment_count AS deployment_count, -- The deployments that serve it.
    deployed.live_count AS live_deployment_count, -- Those of them that are surely live.
    COALESCE(family.family_count, 0) AS family_count, -- The families that its binaries are versions of.
    COALESCE(trained.run_count, 0) AS run_count, -- The runs that trained its binaries.
    trained.trained_at AS trained_at, -- When the latest of its binaries was trained, UTC; unknown if any is.
    ROUND(CAST(DATE_DIFF('second', trained.trained_at, run.as_of) AS DOUBLE) / 86400, 9) AS days_since_trained, -- Days of 24 hours since then.
    ownership.owners AS owners, -- Its owners: its own, else its families', else its codes'.
    ownership.owned_through AS owned_through, -- Where they were named: own, family or code; nothing: no owner.
    ownership.described_count AS described_owner_count, -- Those of them that are described as a person or team.
    ownership.is_owner_active AS is_owner_active, -- Whether any of them is still there.
    COALESCE(trained.edges_known, 0) AS edges_known, -- Known hops of its least known binary.
    3 AS edges_expected, -- The hops expected of a binary: a run, the run's code, the run's training dataset.
    deployed.model_by = 'code'
    AND COALESCE(family.most_binary_count < registered.binary_count, FALSE) AS is_many_purposes, -- No one family has all binaries.
    deployed.is_shared AS is_sharing_binaries -- Whether a binary of it belongs to another model as well.
FROM deployed
CROSS JOIN standard.run AS run
LEFT JOIN standard.active_model AS active_model ON deployed.model_id = active_model.model_id
LEFT JOIN trained ON deployed.model_id = trained.model_id
LEFT JOIN family ON deployed.model_id = family.model_id
LEFT JOIN registered ON deployed.model_id = registered.model_id
LEFT JOIN standard.ownership AS ownership ON deployed.model_id = ownership.artifact_id
LEFT JOIN named ON deployed.model_id = named.model_id
