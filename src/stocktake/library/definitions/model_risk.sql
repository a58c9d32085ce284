-- definition: model_risk
-- says: What risk a model is given, and whether it decides over people: as its families say; without any, its deployments, else its binaries.
-- grain: one row per model
-- version: 2
-- owner: ml-governance
-- absence: risk_tier, risk_state
-- source: EU AI Act, Article 6 and Annex III; NIST AI RMF 1.0, MAP 1
WITH told AS (
    SELECT
        model_parts.model_id AS model_id,
        model_parts.kind AS kind,
        model_family.risk_tier AS risk_tier,
        model_family.risk_state AS risk_state,
        model_family.affects_people AS affects_people
    FROM standard.model_parts AS model_parts
    INNER JOIN graph.model_family AS model_family ON model_parts.artifact_id = model_family.id
    WHERE model_parts.kind = 'model_family'
    UNION ALL
    SELECT
        model_parts.model_id AS model_id,
        model_parts.kind AS kind,
        model_deployment.risk_tier AS risk_tier,
        model_deployment.risk_state AS risk_state,
        model_deployment.affects_people AS affects_people
    FROM standard.model_parts AS model_parts
    INNER JOIN graph.model_deployment AS model_deployment ON model_parts.artifact_id = model_deployment.id
    WHERE model_parts.kind = 'model_deployment'
    UNION ALL
    SELECT
        model_parts.model_id AS model_id,
        model_parts.kind AS kind,
        model_binary.risk_tier AS risk_tier,
        model_binary.risk_state AS risk_state,
        model_binary.affects_people AS affects_people
    FROM standard.model_parts AS model_parts
    INNER JOIN graph.model_binary AS model_binary ON model_parts.artifact_id = model_binary.id
    WHERE model_parts.kind = 'model_binary'
),

part AS (
    SELECT
        told.model_id AS model_id,
        told.kind AS kind,
        MAX(CASE told.risk_tier WHEN 'prohibited' THEN 4 WHEN 'high' THEN 3 WHEN 'limited' THEN 2 WHEN 'minimal' THEN 1 END) AS tier,
        MAX(CASE told.risk_state WHEN 'approved' THEN 4 WHEN 'reasoned' THEN 3 WHEN 'assigned' THEN 2 WHEN 'proposed' THEN 1 END) AS decided,
        CASE
            WHEN BOOL_OR(told.affects_people) THEN TRUE
            WHEN COUNT(*) = COUNT(told.affects_people) THEN FALSE
        END AS affects_people
    FROM told
    GROUP BY told.model_id, told.kind
)

SELECT
    part.model_id AS model_id, -- The model.
    CASE MAX(part.tier)
        WHEN 4 THEN 'prohibited'
        WHEN 3 THEN 'high'
        WHEN 2 THEN 'limited'
        WHEN 1 THEN 'minimal'
    END AS risk_tier, -- The highest tier that any of its families, versions or deployments is given.
    CASE MAX(part.decided)
        WHEN 4 THEN 'approved'
        WHEN 3 THEN 'reasoned'
        WHEN 2 THEN 'assigned'
        WHEN 1 THEN 'proposed'
    END AS risk_state, -- How far the best decided of these tiers is.
    CASE
        WHEN COUNT(CASE WHEN part.kind = 'model_family' THEN 1 END) > 0
            THEN BOOL_OR(CASE WHEN part.kind = 'model_family' THEN part.affects_people END)
        WHEN COUNT(CASE WHEN part.kind = 'model_deployment' THEN 1 END) > 0
            THEN BOOL_OR(CASE WHEN part.kind = 'model_deployment' THEN part.affects_people END)
        ELSE BOOL_OR(part.affects_people)
    END AS affects_people -- Whether it decides over people: one says so, or all say that they do not.
FROM part
GROUP BY part.model_id
