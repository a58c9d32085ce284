-- definition: last_training
-- says: A binary was last trained when the latest of the runs that it names ended.
-- grain: one row per binary that names a run
-- version: 1
-- owner: ml-governance
-- source: Meta 2023, "Maturity metrics": time since last training, a proxy for concept drift
WITH training AS (
    SELECT
        trained_by.from_id AS binary_id,
        trained_by.to_id AS run_id,
        workflow_run.ended_at AS ended_at
    FROM graph.model_binary_workflow_run AS trained_by
    LEFT JOIN graph.workflow_run AS workflow_run ON trained_by.to_id = workflow_run.id
),

placed AS (
    SELECT
        training.binary_id AS binary_id,
        training.run_id AS run_id,
        training.ended_at AS ended_at,
        ROW_NUMBER() OVER (PARTITION BY training.binary_id ORDER BY training.ended_at DESC, training.run_id ASC) AS place,
        COUNT(*) OVER (PARTITION BY training.binary_id) AS run_count,
        COUNT(training.ended_at) OVER (PARTITION BY training.binary_id) AS ended_count
    FROM training
)

SELECT
    placed.binary_id AS binary_id, -- The binary.
    CASE WHEN placed.run_count = 1 OR placed.run_count = placed.ended_count THEN placed.run_id END AS run_id, -- Its last run.
    CASE WHEN placed.run_count = placed.ended_count THEN placed.ended_at END AS trained_at, -- Unknown if any end is unknown.
    placed.run_count AS run_count -- The runs that it names; above 1: it was trained again.
FROM placed
WHERE placed.place = 1
