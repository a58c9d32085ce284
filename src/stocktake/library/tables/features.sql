-- table: features
-- says: Every logical feature: where it comes from, and which datasets and models use it.
-- grain: one row per feature
-- key: feature_id
-- version: 2
-- owner: ml-governance
-- source: ML Test Score, Data 2: all features are beneficial
WITH used AS (
    SELECT
        features.to_id AS feature_id,
        COUNT(DISTINCT features.from_id) AS dataset_count
    FROM graph.dataset_features AS features
    GROUP BY features.to_id
),

source AS (
    SELECT
        sources.from_id AS feature_id,
        COUNT(DISTINCT sources.to_id) AS source_count
    FROM graph.feature_sources AS sources
    GROUP BY sources.from_id
),

part AS (
    SELECT
        model_parts.artifact_id AS feature_id,
        COUNT(DISTINCT model_parts.model_id) AS model_count,
        CASE
            WHEN BOOL_OR(model_parts.is_live) THEN TRUE
            WHEN COUNT(*) = COUNT(model_parts.is_live) THEN FALSE
        END AS is_live
    FROM standard.model_parts AS model_parts
    WHERE model_parts.kind = 'feature'
    GROUP BY model_parts.artifact_id
)

SELECT
    feature.id AS feature_id, -- The feature.
    feature.name AS name, -- Its display name.
    feature.view AS view, -- The feature view or group that it belongs to.
    feature.value_type AS value_type, -- The type of its values, in its tool's words.
    feature.is_online AS is_online, -- Whether it is served online.
    feature.owners AS owners, -- Who answers for it, as its tool names them.
    feature.purpose AS purpose, -- What it is for.
    feature.classification AS classification, -- How sensitive it is.
    feature.reviewed_at AS reviewed_at, -- When its sensitivity was last reviewed, UTC.
    feature.created_at AS created_at, -- When it came to be, UTC.
    COALESCE(source.source_count, 0) AS source_count, -- The sources that it is computed from.
    COALESCE(used.dataset_count, 0) AS dataset_count, -- The datasets that hold it.
    COALESCE(part.model_count, 0) AS model_count, -- The models that rest on it.
    CASE WHEN part.feature_id IS NULL THEN FALSE ELSE part.is_live END AS is_live, -- Whether a live deployment rests on it.
    feature.flags AS flags -- What is odd about it.
FROM graph.feature AS feature
LEFT JOIN used ON feature.id = used.feature_id
LEFT JOIN source ON feature.id = source.feature_id
LEFT JOIN part ON feature.id = part.feature_id
