-- table: models
-- says: Every model by the definition model: what stands behind it, whether it answers, who owns it, when it last learned.
-- grain: one row per model
-- key: model_id
-- version: 2
-- owner: ml-governance
-- absence: owner_type, environment, owner.name, documented_at, risk_tier, risk_state, assessment.state, assessment.assessed_at, assessment.expires_at
-- source: Meta 2023, "How many models do we have?"
WITH deployed AS (
    SELECT
        model.model_id AS model_id,
        MIN(model.model_by) AS model_by,
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
    SELECT
        model_parts.model_id AS model_id,
        model_parts.artifact_id AS binary_id
    FROM standard.model_parts AS model_parts
    WHERE model_parts.kind = 'model_binary'
),

trained AS (
    SELECT
        binary_model.model_id AS model_id,
        COUNT(*) AS binary_count,
        CASE WHEN COUNT(*) = COUNT(binaries.trained_at) THEN MAX(binaries.trained_at) END AS trained_at,
        MIN(binaries.edges_known) AS edges_known,
        CAST(SUM(binaries.run_count) AS BIGINT) AS run_count,
        CASE WHEN COUNT(*) = COUNT(binaries.size_bytes) THEN CAST(SUM(CAST(binaries.size_bytes AS DECIMAL(38, 0))) AS DOUBLE) END AS size_bytes,
        CASE
            WHEN COUNT(*) = COUNT(binaries.size_bytes)
                THEN CAST(SUM(CAST(CASE WHEN binaries.deployment_count = 0 THEN binaries.size_bytes ELSE 0 END AS DECIMAL(38, 0))) AS DOUBLE)
        END AS unserved_bytes
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

parts AS (
    SELECT
        model_parts.model_id AS model_id,
        COUNT(CASE WHEN model_parts.kind = 'model_deployment' THEN 1 END) AS deployment_count,
        COUNT(CASE WHEN model_parts.kind = 'model_deployment' AND model_parts.is_live THEN 1 END) AS live_count,
        COUNT(CASE WHEN model_parts.kind = 'dataset' THEN 1 END) AS dataset_count
    FROM standard.model_parts AS model_parts
    GROUP BY model_parts.model_id
),

written AS (
    SELECT
        told.model_id AS model_id,
        MAX(told.documented_at) AS documented_at
    FROM (
        SELECT
            model_parts.model_id AS model_id,
            model_code.documented_at AS documented_at
        FROM standard.model_parts AS model_parts
        INNER JOIN graph.model_code AS model_code ON model_parts.artifact_id = model_code.id
        WHERE model_parts.kind = 'model_code' AND model_code.documented_at IS NOT NULL
        UNION ALL
        SELECT
            model_parts.model_id AS model_id,
            model_family.documented_at AS documented_at
        FROM standard.model_parts AS model_parts
        INNER JOIN graph.model_family AS model_family ON model_parts.artifact_id = model_family.id
        WHERE model_parts.kind = 'model_family' AND model_family.documented_at IS NOT NULL
        UNION ALL
        SELECT
            model_parts.model_id AS model_id,
            model_binary.documented_at AS documented_at
        FROM standard.model_parts AS model_parts
        INNER JOIN graph.model_binary AS model_binary ON model_parts.artifact_id = model_binary.id
        WHERE model_parts.kind = 'model_binary' AND model_binary.documented_at IS NOT NULL
    ) AS told
    GROUP BY told.model_id
),

training AS (
    SELECT
        ran.to_id AS model_id,
        COUNT(DISTINCT ran.from_id) AS training_count,
        COUNT(DISTINCT CASE WHEN binaries.deployment_count > 0 THEN ran.from_id END) AS shipped_count
    FROM graph.workflow_run_model_code AS ran
    LEFT JOIN graph.model_binary_workflow_run AS trained_by ON ran.from_id = trained_by.to_id
    LEFT JOIN standard.binaries AS binaries ON trained_by.from_id = binaries.binary_id
    GROUP BY ran.to_id
),

named AS (
    SELECT
        model_code.id AS model_id,
        model_code.name AS name,
        model_code.purpose AS purpose,
        model_code.description AS description
    FROM graph.model_code AS model_code
    UNION ALL
    SELECT
        model_family.id AS model_id,
        model_family.name AS name,
        model_family.purpose AS purpose,
        model_family.description AS description
    FROM graph.model_family AS model_family
    UNION ALL
    SELECT
        model_deployment.id AS model_id,
        model_deployment.name AS name,
        model_deployment.purpose AS purpose,
        model_deployment.description AS description
    FROM graph.model_deployment AS model_deployment
)

SELECT
    deployed.model_id AS model_id, -- The model: a code, a family or a deployment.
    deployed.model_by AS model_by, -- What names it: code, family or deployment.
    named.name AS name, -- The display name of that code, family or deployment.
    named.purpose AS purpose, -- What that code, family or deployment is for.
    named.description AS description, -- What its tool shows of it as free text.
    deployed.is_live AS is_live, -- Whether a live deployment serves it.
    active_model.is_member AS is_active, -- Whether any of its deployments was asked in the 28 days before the run.
    deployed.is_production AS is_production, -- Whether any of its deployments counts as production.
    COALESCE(trained.binary_count, 0) AS binary_count, -- Its described binaries.
    COALESCE(parts.deployment_count, 0) AS deployment_count, -- The deployments that serve it.
    COALESCE(parts.live_count, 0) AS live_deployment_count, -- Those of them that are surely live.
    COALESCE(family.family_count, 0) AS family_count, -- The families that its binaries are versions of.
    COALESCE(trained.run_count, 0) AS run_count, -- The runs that trained its binaries.
    trained.trained_at AS trained_at, -- When the latest of its binaries was trained, UTC; unknown if any is.
    ROUND(CAST(DATE_DIFF('second', trained.trained_at, run.as_of) AS DOUBLE) / 86400, 9) AS days_since_trained, -- Days of 24 hours since then.
    ownership.owners AS owners, -- Its owners: its own, else its families', else its codes'.
    ownership.owned_through AS owned_through, -- Where they were named: own, family or code; nothing: no owner.
    ownership.described_count AS described_owner_count, -- Those of them that are described as a person or team.
    ownership.is_owner_active AS is_owner_active, -- Whether any of them is still there.
    model_risk.risk_tier AS risk_tier, -- The highest risk tier that any of its parts is given.
    model_risk.risk_state AS risk_state, -- How far that is decided: approved, reasoned, assigned or proposed.
    model_risk.affects_people AS affects_people, -- Whether it decides over people.
    fairness.state AS fairness_state, -- How far the furthest assessment of its fairness is.
    review.assessed_at AS reviewed_at, -- When it was last reviewed, UTC.
    review.expires_at AS review_expires_at, -- Until when that holds, UTC.
    ROUND(
        CAST(DATE_DIFF('second', review.assessed_at, run.as_of) AS DOUBLE)
        / NULLIF(DATE_DIFF('second', review.assessed_at, review.expires_at), 0), 9
    ) AS review_age_share, -- The age of that review by the time that it holds.
    COALESCE(parts.dataset_count, 0) AS dataset_count, -- The training datasets that it rests on.
    CASE WHEN quality.model_id IS NULL THEN 0 ELSE 1 END AS has_evaluation, -- 1 where an evaluation of any of its parts is told.
    written.documented_at AS documented_at, -- When what documents it was last changed, UTC.
    ROUND(CAST(DATE_DIFF('second', written.documented_at, trained.trained_at) AS DOUBLE) / 86400, 9) AS days_undocumented, -- Trained since.
    COALESCE(training.training_count, 0) AS training_count, -- The runs of its code, whatever they left; of a code only.
    COALESCE(training.shipped_count, 0) AS shipped_count, -- Those of them whose binary was ever served.
    ROUND(trained.unserved_bytes / NULLIF(trained.size_bytes, 0), 9) AS unserved_share, -- The share of its bytes that answer nowhere.
    COALESCE(trained.edges_known, 0) AS edges_known, -- Known hops of its least known binary.
    3 AS edges_expected, -- The hops expected of a binary: a run, the run's code, the run's training dataset.
    deployed.model_by = 'code'
    AND COALESCE(family.most_binary_count < registered.binary_count, FALSE) AS is_many_purposes, -- No one family has all binaries.
    deployed.is_shared AS is_sharing_binaries, -- Whether a binary of it belongs to another model as well.
    model_place.teams AS teams, -- The teams that answer for it; nothing: no team.
    model_place.environments AS environments, -- The environments of its deployments.
    model_place.sources AS sources -- The sources that tell of it, of its deployments or binaries.
FROM deployed
CROSS JOIN standard.run AS run
LEFT JOIN standard.active_model AS active_model ON deployed.model_id = active_model.model_id
LEFT JOIN trained ON deployed.model_id = trained.model_id
LEFT JOIN family ON deployed.model_id = family.model_id
LEFT JOIN registered ON deployed.model_id = registered.model_id
LEFT JOIN standard.ownership AS ownership ON deployed.model_id = ownership.artifact_id
LEFT JOIN parts ON deployed.model_id = parts.model_id
LEFT JOIN written ON deployed.model_id = written.model_id
LEFT JOIN training ON deployed.model_id = training.model_id
LEFT JOIN standard.model_risk AS model_risk ON deployed.model_id = model_risk.model_id
LEFT JOIN standard.model_assessed AS fairness ON deployed.model_id = fairness.model_id AND fairness.topic = 'fairness'
LEFT JOIN standard.model_assessed AS review ON deployed.model_id = review.model_id AND review.topic = 'review'
LEFT JOIN standard.model_assessed AS quality ON deployed.model_id = quality.model_id AND quality.topic = 'quality'
LEFT JOIN standard.model_place AS model_place ON deployed.model_id = model_place.model_id
LEFT JOIN named ON deployed.model_id = named.model_id
