-- definition: code_health
-- says: How many of the last ten runs of a code that ended, until and with this one, finished well.
-- grain: one row per run of a described code
-- version: 1
-- owner: ml-governance
-- source: ML Test Score, Infra 3: the training pipeline is tested end to end
WITH ran AS (
    SELECT
        ran_code.from_id AS run_id,
        MIN(ran_code.to_id) AS code_id
    FROM graph.workflow_run_model_code AS ran_code
    WHERE ran_code.to_is = 'described'
    GROUP BY ran_code.from_id
),

counted AS (
    SELECT
        workflow_run.id AS run_id,
        COUNT(*) OVER (
            PARTITION BY ran.code_id ORDER BY workflow_run.started_at ASC, workflow_run.id ASC ROWS BETWEEN 9 PRECEDING AND CURRENT ROW
        ) AS run_count,
        COUNT(workflow_run.status) OVER (
            PARTITION BY ran.code_id ORDER BY workflow_run.started_at ASC, workflow_run.id ASC ROWS BETWEEN 9 PRECEDING AND CURRENT ROW
        ) AS told_count,
        COUNT(CASE WHEN workflow_run.status IN ('finished', 'failed', 'aborted') THEN 1 END) OVER (
            PARTITION BY ran.code_id ORDER BY workflow_run.started_at ASC, workflow_run.id ASC ROWS BETWEEN 9 PRECEDING AND CURRENT ROW
        ) AS ended_count,
        COUNT(CASE WHEN workflow_run.status = 'finished' THEN 1 END) OVER (
            PARTITION BY ran.code_id ORDER BY workflow_run.started_at ASC, workflow_run.id ASC ROWS BETWEEN 9 PRECEDING AND CURRENT ROW
        ) AS finished_count,
        COUNT(*) OVER (PARTITION BY ran.code_id) AS code_run_count,
        COUNT(workflow_run.started_at) OVER (PARTITION BY ran.code_id) AS started_count
    FROM graph.workflow_run AS workflow_run
    INNER JOIN ran ON workflow_run.id = ran.run_id
)

SELECT
    counted.run_id AS run_id, -- The run.
    CASE
        WHEN counted.code_run_count = counted.started_count THEN counted.run_count
    END AS run_count, -- The runs that were looked at: it and up to nine before it; unknown where their order is.
    CASE
        WHEN counted.code_run_count = counted.started_count AND counted.run_count = counted.told_count
            THEN ROUND(CAST(counted.finished_count AS DOUBLE) / NULLIF(counted.ended_count, 0), 9)
    END AS success_share -- The share of these that finished, of those that ended; unknown where any start or status is.
FROM counted
