-- definition: model_assessed
-- says: How far the assessments of a model on a topic are, of whichever of its codes, families, binaries or deployments.
-- grain: one row per model and topic
-- version: 1
-- owner: ml-governance
-- absence: assessment.state, assessment.assessed_at, assessment.expires_at
-- source: NIST AI RMF 1.0, MEASURE 2.11: fairness and bias are evaluated, and results are documented
WITH looked AS (
    SELECT DISTINCT
        model_parts.model_id AS model_id,
        assessment.id AS assessment_id,
        assessment.topic AS topic,
        assessment.assessed_at AS assessed_at,
        assessment.expires_at AS expires_at,
        CASE assessment.state
            WHEN 'verified' THEN 4
            WHEN 'completed' THEN 3
            WHEN 'in_progress' THEN 2
            WHEN 'planned' THEN 1
        END AS progress
    FROM standard.model_parts AS model_parts
    INNER JOIN graph.assessment_of AS looked_at ON model_parts.artifact_id = looked_at.to_id
    INNER JOIN graph.assessment AS assessment ON looked_at.from_id = assessment.id
    WHERE model_parts.kind IN ('model_code', 'model_family', 'model_binary', 'model_deployment') AND assessment.topic IS NOT NULL
)

SELECT
    looked.model_id AS model_id, -- The model.
    looked.topic AS topic, -- What for, such as fairness or review.
    CASE MAX(looked.progress)
        WHEN 4 THEN 'verified'
        WHEN 3 THEN 'completed'
        WHEN 2 THEN 'in_progress'
        WHEN 1 THEN 'planned'
    END AS state, -- How far the furthest of them is.
    MAX(looked.assessed_at) AS assessed_at, -- When the latest whose time is told was done, UTC.
    MAX(looked.expires_at) AS expires_at, -- Until when the longest holds whose end is told, UTC.
    COUNT(*) AS assessment_count -- How many there are.
FROM looked
GROUP BY looked.model_id, looked.topic
