-- table: datasets
-- says: Every training dataset: where it is, what it holds, and what was trained on it.
-- grain: one row per dataset
-- key: dataset_id
-- version: 2
-- owner: ml-governance
-- source: EU AI Act, Article 10: data and data governance
WITH trained AS (
    SELECT
        datasets.to_id AS dataset_id,
        COUNT(DISTINCT datasets.from_id) AS run_count
    FROM graph.workflow_run_datasets AS datasets
    GROUP BY datasets.to_id
),

feature AS (
    SELECT
        features.from_id AS dataset_id,
        COUNT(DISTINCT features.to_id) AS feature_count
    FROM graph.dataset_features AS features
    GROUP BY features.from_id
),

source AS (
    SELECT
        sources.from_id AS dataset_id,
        COUNT(DISTINCT sources.to_id) AS source_count
    FROM graph.dataset_sources AS sources
    GROUP BY sources.from_id
),

part AS (
    SELECT
        model_parts.artifact_id AS dataset_id,
        COUNT(DISTINCT model_parts.model_id) AS model_count,
        CASE
            WHEN BOOL_OR(model_parts.is_live) THEN TRUE
            WHEN COUNT(*) = COUNT(model_parts.is_live) THEN FALSE
        END AS is_live
    FROM standard.model_parts AS model_parts
    WHERE model_parts.kind = 'dataset'
    GROUP BY model_parts.artifact_id
)

SELECT
    dataset.id AS dataset_id, -- The dataset.
    dataset.name AS name, -- Its display name.
    dataset.uri AS uri, -- Its place.
    dataset.platform AS platform, -- The system that holds it.
    dataset.row_count AS row_count, -- Rows when it was last described.
    dataset.owners AS owners, -- Who answers for it, as its tool names them.
    dataset.purpose AS purpose, -- What it is for.
    dataset.purpose_state AS purpose_state, -- How far that is decided: approved, declared or draft.
    dataset.allowed_purposes AS allowed_purposes, -- The purposes that it may be used for.
    dataset.classification AS classification, -- How sensitive it is.
    dataset.retention_days AS retention_days, -- How long it may be kept from its creation, in days.
    ROUND(
        CAST(DATE_DIFF('second', dataset.created_at, run.as_of) AS DOUBLE) / 86400 - dataset.retention_days, 9
    ) AS days_overdue, -- Days of 24 hours that it is kept longer than that; below 0: it is not.
    dataset.origin AS origin, -- Made here (internal), or bought or downloaded (external).
    dataset.created_at AS created_at, -- When it came to be, UTC.
    COALESCE(trained.run_count, 0) AS run_count, -- The runs that trained on it.
    COALESCE(feature.feature_count, 0) AS feature_count, -- The features that it holds.
    COALESCE(source.source_count, 0) AS source_count, -- The sources that it is made from.
    COALESCE(part.model_count, 0) AS model_count, -- The models that rest on it.
    CASE WHEN part.dataset_id IS NULL THEN FALSE ELSE part.is_live END AS is_live, -- Whether a live deployment rests on it.
    dataset.flags AS flags -- What is odd about it.
FROM graph.dataset AS dataset
CROSS JOIN standard.run AS run
LEFT JOIN trained ON dataset.id = trained.dataset_id
LEFT JOIN feature ON dataset.id = feature.dataset_id
LEFT JOIN source ON dataset.id = source.dataset_id
LEFT JOIN part ON dataset.id = part.dataset_id
