-- table: feature_sources
-- says: Every origin of data for features: where it is, who answers for it, and which models rest on it.
-- grain: one row per feature source
-- key: feature_source_id
-- version: 2
-- owner: ml-governance
-- source: EU AI Act, Article 10: data and data governance
WITH used AS (
    SELECT
        sources.to_id AS feature_source_id,
        COUNT(DISTINCT sources.from_id) AS feature_count
    FROM graph.feature_sources AS sources
    GROUP BY sources.to_id
),

part AS (
    SELECT
        model_parts.artifact_id AS feature_source_id,
        COUNT(DISTINCT model_parts.model_id) AS model_count,
        CASE
            WHEN BOOL_OR(model_parts.is_live) THEN TRUE
            WHEN COUNT(*) = COUNT(model_parts.is_live) THEN FALSE
        END AS is_live
    FROM standard.model_parts AS model_parts
    WHERE model_parts.kind = 'feature_source'
    GROUP BY model_parts.artifact_id
),

test AS (
    SELECT
        looked_at.to_id AS feature_source_id,
        COUNT(*) AS test_count,
        CASE WHEN COUNT(*) = COUNT(assessment.result) THEN COUNT(CASE WHEN assessment.result = 'passed' THEN 1 END) END AS passed_count
    FROM graph.assessment_of AS looked_at
    INNER JOIN graph.assessment AS assessment ON looked_at.from_id = assessment.id
    WHERE assessment.topic IN ('quality', 'freshness')
    GROUP BY looked_at.to_id
)

SELECT
    feature_source.id AS feature_source_id, -- The source.
    feature_source.name AS name, -- Its display name.
    feature_source.uri AS uri, -- Its place.
    feature_source.platform AS platform, -- The system that holds it.
    feature_source.format AS format, -- How it is stored.
    feature_source.owners AS owners, -- Who answers for it, as its tool names them.
    feature_source.purpose AS purpose, -- What it is for.
    feature_source.purpose_state AS purpose_state, -- How far that is decided: approved, declared or draft.
    feature_source.allowed_purposes AS allowed_purposes, -- The purposes that it may be used for.
    feature_source.classification AS classification, -- How sensitive it is.
    feature_source.retention_days AS retention_days, -- How long it may be kept from its creation, in days.
    ROUND(
        CAST(DATE_DIFF('second', feature_source.created_at, run.as_of) AS DOUBLE) / 86400 - feature_source.retention_days, 9
    ) AS days_overdue, -- Days of 24 hours that it is kept longer than that; below 0: it is not.
    feature_source.origin AS origin, -- Made here (internal), or bought or downloaded (external).
    feature_source.created_at AS created_at, -- When it came to be, UTC.
    COALESCE(test.test_count, 0) AS test_count, -- The tests of its quality and freshness.
    CASE WHEN test.feature_source_id IS NULL THEN 0 ELSE test.passed_count END AS passed_count, -- Those that passed; unknown if any is.
    COALESCE(used.feature_count, 0) AS feature_count, -- The features that are computed from it.
    COALESCE(part.model_count, 0) AS model_count, -- The models that rest on it.
    CASE WHEN part.feature_source_id IS NULL THEN FALSE ELSE part.is_live END AS is_live, -- Whether a live deployment rests on it.
    feature_source.flags AS flags -- What is odd about it.
FROM graph.feature_source AS feature_source
CROSS JOIN standard.run AS run
LEFT JOIN test ON feature_source.id = test.feature_source_id
LEFT JOIN used ON feature_source.id = used.feature_source_id
LEFT JOIN part ON feature_source.id = part.feature_source_id
