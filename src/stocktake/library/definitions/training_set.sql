-- definition: training_set
-- says: A run's training set is pinned as well as the worst told of the datasets that it trained on.
-- grain: one row per run
-- version: 1
-- owner: ml-governance
-- absence: workflow_run_datasets.digest, workflow_run_datasets.version
-- source: ML Test Score, Infra 1 (training is reproducible); OpenLineage, DatasetVersionDatasetFacet
WITH saw AS (
    SELECT
        datasets.from_id AS run_id,
        datasets.to_is AS dataset_is,
        datasets.digest AS digest,
        datasets.version AS version,
        CASE WHEN datasets.digest IS NULL THEN 0 ELSE 2 END
        + CASE WHEN datasets.version IS NULL THEN 0 ELSE 1 END AS pin
    FROM graph.workflow_run_datasets AS datasets
    WHERE datasets.role IS NULL OR datasets.role NOT IN ('evaluation', 'validation', 'test')
),

pinned AS (
    SELECT
        saw.run_id AS run_id,
        COUNT(*) AS dataset_count,
        COUNT(CASE WHEN saw.dataset_is = 'described' THEN 1 END) AS described_count,
        MIN(saw.pin) AS pin,
        LIST_SORT(ARRAY_AGG(DISTINCT saw.digest) FILTER (WHERE saw.digest IS NOT NULL)) AS digests,
        LIST_SORT(ARRAY_AGG(DISTINCT saw.version) FILTER (WHERE saw.version IS NOT NULL)) AS versions
    FROM saw
    GROUP BY saw.run_id
)

SELECT
    workflow_run.id AS run_id, -- The run.
    COALESCE(pinned.dataset_count, 0) AS dataset_count, -- The training datasets that it saw.
    COALESCE(pinned.described_count, 0) AS described_count, -- Those of them that are described.
    CASE pinned.pin
        WHEN 3 THEN 'digest_and_version'
        WHEN 2 THEN 'digest'
        WHEN 1 THEN 'version'
        WHEN 0 THEN 'name'
        ELSE 'none'
    END AS dataset_pin, -- What pins the least pinned: digest_and_version, digest, version, name; none: no dataset.
    pinned.digests AS dataset_digests, -- The digests that it saw.
    pinned.versions AS dataset_versions -- The versions that it saw.
FROM graph.workflow_run AS workflow_run
LEFT JOIN pinned ON workflow_run.id = pinned.run_id
