-- definition: model_risk
-- says: What risk a model is given, and whether it decides over people: as its families say; without any, its deployments.
-- grain: one row per model
-- version: 1
-- owner: ml-governance
-- absence: risk_tier, risk_state
-- source: EU AI Act, Article 6 and Annex III; NIST AI RMF 1.0, MAP 1
WITH part AS (
    SELECT
        model_parts.model_id AS model_id,
        'model_family' AS kind,
        model_family.risk_tier AS risk_tier,
        model_family.risk_state AS risk_state,
        model_family.affects_people AS affects_people
    FROM standard.model_parts AS model_parts
    INNER JOIN graph.model_family AS model_family ON model_parts.artifact_id = model_family.id
    UNION ALL
    SELECT
        model_parts.model_id AS model_id,
        'model_deployment' AS kind,
        model_deployment.risk_tier AS risk_tier,
        model_deployment.risk_state AS risk_state,
        model_deployment.affects_people AS affects_people
    FROM standard.model_parts AS model_parts
    INNER JOIN graph.model_deployment AS model_deployment ON model_parts.artifact_id = model_deployment.id
    UNION ALL
    SELECT
        model_parts.model_id AS model_id,
        'model_binary' AS kind,
        model_binary.risk_tier AS risk_tier,
        model_binary.risk_state AS risk_state,
        model_binary.affects_people AS affects_people
    FROM standard.model_parts AS model_parts
    INNER JOIN graph.model_binary AS model_binary ON model_parts.artifact_id = model_binary.id
),

asked AS (
    SELECT
        part.model_id AS model_id,
        part.risk_tier AS risk_tier,
        part.risk_state AS risk_state,
        part.affects_people AS affects_people,
        part.kind AS kind,
        MIN(
            CASE part.kind WHEN 'model_family' THEN '1' WHEN 'model_deployment' THEN '2' END || part.kind
        ) OVER (PARTITION BY part.model_id) AS first_kind
    FROM part
),

ranked AS (
    SELECT
        asked.model_id AS model_id,
        CASE asked.risk_tier WHEN 'prohibited' THEN 4 WHEN 'high' THEN 3 WHEN 'limited' THEN 2 WHEN 'minimal' THEN 1 END AS tier,
        CASE asked.risk_state WHEN 'approved' THEN 4 WHEN 'reasoned' THEN 3 WHEN 'assigned' THEN 2 WHEN 'proposed' THEN 1 END AS decided,
        CASE WHEN SUBSTR(asked.first_kind, 2) = asked.kind THEN 1 ELSE 0 END AS is_asked,
        CASE WHEN SUBSTR(asked.first_kind, 2) = asked.kind THEN asked.affects_people END AS affects_people
    FROM asked
)

SELECT
    ranked.model_id AS model_id, -- The model.
    CASE MAX(ranked.tier)
        WHEN 4 THEN 'prohibited'
        WHEN 3 THEN 'high'
        WHEN 2 THEN 'limited'
        WHEN 1 THEN 'minimal'
    END AS risk_tier, -- The highest tier that any of its families, versions or deployments is given.
    CASE MAX(ranked.decided)
        WHEN 4 THEN 'approved'
        WHEN 3 THEN 'reasoned'
        WHEN 2 THEN 'assigned'
        WHEN 1 THEN 'proposed'
    END AS risk_state, -- How far the best decided of these tiers is.
    CASE
        WHEN BOOL_OR(ranked.affects_people) THEN TRUE
        WHEN SUM(ranked.is_asked) > 0 AND SUM(ranked.is_asked) = COUNT(ranked.affects_people) THEN FALSE
    END AS affects_people -- Whether it decides over people: one family says so, or all say that it does not.
FROM ranked
GROUP BY ranked.model_id
