-- definition: run_start
-- says: What started a run, and how often its job should run: as the outermost run says that it is a part of.
-- grain: one row per run
-- version: 1
-- owner: ml-governance
-- source: Google, "MLOps: continuous delivery and automation pipelines": how retraining is triggered
WITH parent AS (
    SELECT
        part_of.from_id AS run_id,
        MIN(part_of.to_id) AS parent_id
    FROM graph.workflow_run_part_of AS part_of
    WHERE part_of.to_is = 'described'
    GROUP BY part_of.from_id
),

outermost AS (
    SELECT
        workflow_run.id AS run_id,
        COALESCE(third.parent_id, second.parent_id, first.parent_id, workflow_run.id) AS root_id
    FROM graph.workflow_run AS workflow_run
    LEFT JOIN parent AS first ON workflow_run.id = first.run_id
    LEFT JOIN parent AS second ON first.parent_id = second.run_id
    LEFT JOIN parent AS third ON second.parent_id = third.run_id
)

SELECT
    outermost.run_id AS run_id, -- The run.
    outermost.root_id AS root_id, -- The outermost run that it is a part of, at most three above; itself where it is part of none.
    root.trigger AS started_by, -- What started that: drift, schedule, event or manual.
    root.cadence_days AS cadence_days -- Days from one of them to the next, by the schedule of its job.
FROM outermost
INNER JOIN graph.workflow_run AS root ON outermost.root_id = root.id
