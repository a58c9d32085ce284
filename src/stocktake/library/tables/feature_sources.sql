-- table: feature_sources
-- says: Every origin of data for features: where it is, who answers for it, and which models rest on it.
-- grain: one row per feature source
-- version: 1
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
)

SELECT
    feature_source.id AS feature_source_id, -- The source.
    feature_source.name AS name, -- Its display name.
    feature_source.uri AS uri, -- Its place.
    feature_source.platform AS platform, -- The system that holds it.
    feature_source.format AS format, -- How it is stored.
    feature_source.owners AS owners, -- Who answers for it, as its tool names them.
    feature_source.purpose AS purpose, -- What it is for.
    feature_source.origin AS origin, -- Made here (internal), or bought or downloaded (external).
    feature_source.created_at AS created_at, -- When it came to be, UTC.
    COALESCE(used.feature_count, 0) AS feature_count, -- The features that are computed from it.
    COALESCE(part.model_count, 0) AS model_count, -- The models that rest on it.
    CASE WHEN part.feature_source_id IS NULL THEN FALSE ELSE part.is_live END AS is_live, -- Whether a live deployment rests on it.
    feature_source.flags AS flags -- What is odd about it.
FROM graph.feature_source AS feature_source
LEFT JOIN used ON feature_source.id = used.feature_source_id
LEFT JOIN part ON feature_source.id = part.feature_source_id
