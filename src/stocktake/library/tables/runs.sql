-- table: runs
-- says: Every workflow run: how it went, on which code and data, and what it trained.
-- grain: one row per run
-- key: run_id
-- version: 2
-- owner: ml-governance
-- source: Meta 2023, "Metadata graph": the run links code and data to the binary
WITH code AS (
    SELECT
        ran.from_id AS run_id,
        MIN(ran.to_id) AS code_id
    FROM graph.workflow_run_model_code AS ran
    WHERE ran.to_is = 'described'
    GROUP BY ran.from_id
),

parent AS (
    SELECT
        part_of.from_id AS run_id,
        MIN(part_of.to_id) AS parent_id
    FROM graph.workflow_run_part_of AS part_of
    GROUP BY part_of.from_id
),

trained AS (
    SELECT
        trained_by.to_id AS run_id,
        COUNT(DISTINCT trained_by.from_id) AS binary_count,
        MIN(trained_by.from_id) AS binary_id,
        MAX(binaries.model_count) AS most_model_count,
        MIN(binaries.model_id) AS model_id,
        MAX(binaries.model_id) AS other_model_id,
        CASE
            WHEN BOOL_OR(binaries.is_live) THEN TRUE
            WHEN COUNT(*) = COUNT(binaries.is_live) THEN FALSE
        END AS is_live
    FROM graph.model_binary_workflow_run AS trained_by
    INNER JOIN standard.binaries AS binaries ON trained_by.from_id = binaries.binary_id
    GROUP BY trained_by.to_id
)

SELECT
    workflow_run.id AS run_id, -- The run.
    workflow_run.name AS name, -- Its display name.
    workflow_run.job AS job, -- The job, task or experiment that it is a run of.
    workflow_run.status AS status, -- How it stands.
    workflow_run.started_at AS started_at, -- When it began, UTC.
    workflow_run.ended_at AS ended_at, -- When it ended, UTC.
    DATE_DIFF('second', workflow_run.started_at, workflow_run.ended_at) AS seconds, -- How long it took.
    ROUND(CAST(DATE_DIFF('second', workflow_run.ended_at, run.as_of) AS DOUBLE) / 86400, 9) AS days_since_ended, -- Days of 24 hours.
    workflow_run.commit AS commit, -- The commit of the code that it ran.
    workflow_run.trigger AS trigger, -- What started it.
    workflow_run.schedule AS schedule, -- The declared schedule of its job.
    workflow_run.is_training AS is_told_training, -- Whether its tool says that it trains a model.
    run_start.started_by AS started_by, -- What started the outermost run that it is a part of.
    run_start.cadence_days AS cadence_days, -- Days from one run to the next, by the schedule of that.
    model_code.last_review AS code_review, -- How the latest change of the first of its codes was reviewed.
    workflow_run.parameter_count AS parameter_count, -- How many parameters it wrote down.
    workflow_run.seed AS seed, -- The seed of its random numbers.
    workflow_run.environment AS environment, -- What it ran in.
    workflow_run.energy_kwh AS energy_kwh, -- The energy that it used, in kWh.
    workflow_run.billed_seconds AS billed_seconds, -- The machine time that it was billed for, in seconds.
    code_health.success_share AS success_share, -- The share that finished of the ended ones of the ten runs of its code until it.
    parent.parent_id AS parent_id, -- The run that it is a step of.
    code.code_id AS code_id, -- The first of the codes that it ran.
    COALESCE(trained.binary_count, 0) AS binary_count, -- The binaries that it trained.
    CASE WHEN trained.binary_count = 1 THEN trained.binary_id END AS binary_id, -- The binary, where it trained just one.
    CASE
        WHEN trained.most_model_count = 1 AND trained.model_id = trained.other_model_id THEN trained.model_id
    END AS model_id, -- The model, where it trained for just one.
    CASE WHEN trained.run_id IS NULL THEN FALSE ELSE trained.is_live END AS is_live, -- Whether a live deployment serves what it trained.
    training_set.dataset_count AS dataset_count, -- The training datasets that it saw.
    training_set.dataset_pin AS dataset_pin, -- What pins the least pinned of them.
    training_set.dataset_digests AS dataset_digests, -- The digests that it saw.
    training_set.dataset_versions AS dataset_versions, -- The versions that it saw.
    CASE WHEN code.code_id IS NULL THEN 0 ELSE 1 END
    + CASE WHEN training_set.described_count > 0 THEN 1 ELSE 0 END AS edges_known, -- Known hops.
    2 AS edges_expected, -- The hops expected of a training run: its code, its training dataset.
    workflow_run.flags AS flags -- What is odd about it.
FROM graph.workflow_run AS workflow_run
CROSS JOIN standard.run AS run
LEFT JOIN standard.training_set AS training_set ON workflow_run.id = training_set.run_id
LEFT JOIN standard.run_start AS run_start ON workflow_run.id = run_start.run_id
LEFT JOIN standard.code_health AS code_health ON workflow_run.id = code_health.run_id
LEFT JOIN code ON workflow_run.id = code.run_id
LEFT JOIN graph.model_code AS model_code ON code.code_id = model_code.id
LEFT JOIN parent ON workflow_run.id = parent.run_id
LEFT JOIN trained ON workflow_run.id = trained.run_id
