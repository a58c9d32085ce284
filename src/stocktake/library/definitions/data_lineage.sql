-- definition: data_lineage
-- says: How many of the references from a run to its training data, and on to its features and sources, lead somewhere.
-- grain: one row per run
-- version: 1
-- owner: ml-governance
-- source: EU AI Act, Article 10; Meta 2023, "Metadata graph": from feature source to training data
WITH feature_origin AS (
    SELECT
        feature.id AS feature_id,
        COUNT(sources.to_id) AS told_count,
        COUNT(CASE WHEN sources.to_is = 'described' THEN 1 END) AS known_count
    FROM graph.feature AS feature
    LEFT JOIN graph.feature_sources AS sources ON feature.id = sources.from_id
    GROUP BY feature.id
),

dataset_feature AS (
    SELECT
        features.from_id AS dataset_id,
        COUNT(*) + COALESCE(SUM(COALESCE(NULLIF(feature_origin.told_count, 0), 1)), 0) AS told_count,
        COUNT(feature_origin.feature_id) + COALESCE(SUM(feature_origin.known_count), 0) AS known_count
    FROM graph.dataset_features AS features
    LEFT JOIN feature_origin ON features.to_id = feature_origin.feature_id
    GROUP BY features.from_id
),

dataset_source AS (
    SELECT
        sources.from_id AS dataset_id,
        COUNT(*) AS told_count,
        COUNT(CASE WHEN sources.to_is = 'described' THEN 1 END) AS known_count
    FROM graph.dataset_sources AS sources
    GROUP BY sources.from_id
),

dataset_origin AS (
    SELECT
        dataset.id AS dataset_id,
        COALESCE(dataset_feature.told_count, 0) + COALESCE(dataset_source.told_count, 0) AS told_count,
        COALESCE(dataset_feature.known_count, 0) + COALESCE(dataset_source.known_count, 0) AS known_count
    FROM graph.dataset AS dataset
    LEFT JOIN dataset_feature ON dataset.id = dataset_feature.dataset_id
    LEFT JOIN dataset_source ON dataset.id = dataset_source.dataset_id
),

read_data AS (
    SELECT
        datasets.from_id AS run_id,
        COUNT(*)
        + COALESCE(SUM(COALESCE(NULLIF(dataset_origin.told_count, 0), 1)), 0) AS told_count,
        COUNT(dataset_origin.dataset_id) + COALESCE(SUM(dataset_origin.known_count), 0) AS known_count
    FROM graph.workflow_run_datasets AS datasets
    LEFT JOIN dataset_origin ON datasets.to_id = dataset_origin.dataset_id
    WHERE datasets.role IS NULL OR datasets.role NOT IN ('evaluation', 'validation', 'test')
    GROUP BY datasets.from_id
)

SELECT
    workflow_run.id AS run_id, -- The run.
    CAST(COALESCE(read_data.told_count, 0) AS BIGINT) AS reference_count, -- To datasets, features, sources; a blind end counts as one.
    CAST(COALESCE(read_data.known_count, 0) AS BIGINT) AS resolved_count -- Those of them that lead to something described.
FROM graph.workflow_run AS workflow_run
LEFT JOIN read_data ON workflow_run.id = read_data.run_id
