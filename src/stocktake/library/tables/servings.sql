-- table: servings
-- says: Every deployment with each binary that answers there, in its slot: the row that most questions are asked of.
-- grain: one row per deployment, binary, slot and model; a deployment without a known binary has one, its binary unknown
-- key: serving_id
-- version: 2
-- owner: ml-governance
-- source: Meta 2023, "Data interoperability standards": flat tables for reports
WITH deployment AS (
    SELECT
        model_deployment.id AS deployment_id,
        model_deployment.name AS name,
        model_deployment.is_live AS is_live,
        model_deployment.oversight AS oversight,
        model_deployment.environment AS environment,
        model_deployment.mode AS mode,
        model_deployment.purpose AS purpose,
        model_deployment.last_request_at AS last_request_at,
        model_deployment.last_changed_at AS last_changed_at,
        model_deployment.flags AS flags,
        active_deployment.is_member AS is_active,
        production_deployment.is_member AS is_production,
        ownership.owners AS owners,
        ownership.owned_through AS owned_through,
        ownership.described_count AS described_count,
        ownership.is_owner_active AS is_owner_active
    FROM graph.model_deployment AS model_deployment
    LEFT JOIN standard.active_deployment AS active_deployment ON model_deployment.id = active_deployment.deployment_id
    LEFT JOIN standard.production_deployment AS production_deployment
        ON model_deployment.id = production_deployment.deployment_id
    LEFT JOIN standard.ownership AS ownership ON model_deployment.id = ownership.artifact_id
)

SELECT
    deployment.deployment_id
    || '/' || COALESCE(serves.to_id, '')
    || '/' || COALESCE(serves.slot, '')
    || '/' || model.model_id AS serving_id, -- Deployment, binary, slot and model as one text.
    deployment.deployment_id AS deployment_id, -- The deployment.
    deployment.name AS deployment_name, -- Its display name.
    serves.to_id AS binary_id, -- The binary that answers; none where no source tells it.
    serves.to_is AS binary_is, -- Whether the binary is described, a ghost or retired.
    model.model_id AS model_id, -- The model: a code, a family or the deployment itself.
    model.model_by AS model_by, -- What names the model: code, family or deployment.
    binaries.run_id AS run_id, -- The binary's last training run.
    binaries.code_id AS code_id, -- The first of the codes that trained the binary.
    binaries.family_id AS family_id, -- The first of the binary's families.
    deployment.is_live AS is_live, -- Whether the deployment is up.
    deployment.is_active AS is_active, -- Whether it was asked in the 28 days before the run.
    deployment.is_production AS is_production, -- Whether it counts as production.
    serves.share AS share, -- The binary's share of the deployment's traffic, 0 to 1.
    serves.role AS role, -- What the binary does there: live, canary or shadow.
    serves.slot AS slot, -- The variant, revision or container that it fills.
    serves.from_at AS served_from_at, -- Since when it answers there, UTC.
    binaries.trained_at AS trained_at, -- When the binary's last training ended, UTC.
    binaries.days_since_trained AS days_since_trained, -- Days of 24 hours since then.
    binaries.run_count AS run_count, -- The runs that trained the binary.
    binaries.dataset_pin AS dataset_pin, -- How the binary's least pinned training set is.
    ROUND(CAST(DATE_DIFF('second', binaries.trained_at, serves.from_at) AS DOUBLE) / 86400, 9) AS days_to_serving, -- From training to here.
    binaries.cadence_days AS cadence_days, -- Days from one training to the next, by the schedule of the binary's last run.
    binaries.approval AS approval, -- Whether the binary may be used: approved, pending or rejected.
    binaries.has_fairness AS has_fairness, -- 1 where an assessment of the binary's fairness is told.
    binaries.fairness_state AS fairness_state, -- How far that is.
    purpose_fit.is_allowed AS is_purpose_allowed, -- Whether all data behind it may be used for the deployment's purpose.
    deployment.oversight AS oversight, -- How far people can oversee and override the deployment.
    model_risk.affects_people AS affects_people, -- Whether the model decides over people.
    deployment.environment AS environment, -- Production, staging or experiment.
    deployment.mode AS mode, -- Online, batch or streaming.
    deployment.purpose AS purpose, -- What the deployment is for.
    deployment.last_request_at AS last_request_at, -- Its latest request, UTC.
    deployment.last_changed_at AS last_changed_at, -- When it was last deployed or changed, UTC.
    deployment.owners AS owners, -- The deployment's owners: its own, else its families', else its codes'.
    deployment.owned_through AS owned_through, -- Where they were named: own, family or code; nothing: no owner.
    deployment.described_count AS described_owner_count, -- Those of them that are described as a person or team.
    deployment.is_owner_active AS is_owner_active, -- Whether any of them is still there.
    CASE WHEN serves.to_is = 'described' THEN 1 ELSE 0 END + COALESCE(binaries.edges_known, 0) AS edges_known, -- Known hops.
    4 AS edges_expected, -- The hops expected: a binary, its run, the run's code, the run's training dataset.
    deployment.flags AS flags -- What is odd about the deployment.
FROM deployment
LEFT JOIN graph.model_deployment_serves AS serves ON deployment.deployment_id = serves.from_id
INNER JOIN standard.model AS model
    ON deployment.deployment_id = model.deployment_id AND COALESCE(serves.to_id, '') = COALESCE(model.binary_id, '')
LEFT JOIN standard.binaries AS binaries ON serves.to_id = binaries.binary_id
LEFT JOIN standard.purpose_fit AS purpose_fit
    ON
        deployment.deployment_id = purpose_fit.deployment_id
        AND serves.to_id = purpose_fit.binary_id
        AND purpose_fit.is_allowed IS NOT NULL
LEFT JOIN standard.model_risk AS model_risk ON model.model_id = model_risk.model_id
