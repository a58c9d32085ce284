-- table: counts
-- says: How many there are of everything, how many models by each way to count them, and how those numbers bridge.
-- grain: one row per section, name and reason
-- key: section, name, step, reason
-- version: 1
-- owner: ml-governance
-- source: Meta 2023, "How many models do we have?": the answer depends on what is counted
WITH artifact AS (
    SELECT
        'feature_source' AS kind,
        feature_source.id AS artifact_id
    FROM graph.feature_source AS feature_source
    UNION ALL
    SELECT
        'feature' AS kind,
        feature.id AS artifact_id
    FROM graph.feature AS feature
    UNION ALL
    SELECT
        'dataset' AS kind,
        dataset.id AS artifact_id
    FROM graph.dataset AS dataset
    UNION ALL
    SELECT
        'model_code' AS kind,
        model_code.id AS artifact_id
    FROM graph.model_code AS model_code
    UNION ALL
    SELECT
        'model_family' AS kind,
        model_family.id AS artifact_id
    FROM graph.model_family AS model_family
    UNION ALL
    SELECT
        'workflow_run' AS kind,
        workflow_run.id AS artifact_id
    FROM graph.workflow_run AS workflow_run
    UNION ALL
    SELECT
        'model_binary' AS kind,
        model_binary.id AS artifact_id
    FROM graph.model_binary AS model_binary
    UNION ALL
    SELECT
        'model_deployment' AS kind,
        model_deployment.id AS artifact_id
    FROM graph.model_deployment AS model_deployment
    UNION ALL
    SELECT
        'owner' AS kind,
        owner.id AS artifact_id
    FROM graph.owner AS owner
    UNION ALL
    SELECT
        'assessment' AS kind,
        assessment.id AS artifact_id
    FROM graph.assessment AS assessment
),

other AS (
    SELECT DISTINCT
        artifact_source.kind AS kind,
        artifact_source.id AS artifact_id
    FROM graph.artifact_source AS artifact_source
    WHERE
        artifact_source.kind NOT IN (
            'feature_source', 'feature', 'dataset', 'model_code', 'model_family', 'workflow_run',
            'model_binary', 'model_deployment', 'owner', 'assessment'
        )
),

described AS (
    SELECT
        artifact.kind AS kind,
        COUNT(*) AS artifact_count
    FROM artifact
    GROUP BY artifact.kind
    UNION ALL
    SELECT
        other.kind AS kind,
        COUNT(*) AS artifact_count
    FROM other
    GROUP BY other.kind
),

ghost AS (
    SELECT
        ghost.kind AS kind,
        COUNT(DISTINCT ghost.id) AS artifact_count
    FROM graph.ghost AS ghost
    GROUP BY ghost.kind
),

part AS (
    SELECT
        model_parts.kind AS kind,
        model_parts.artifact_id AS artifact_id,
        MAX(CASE WHEN model_parts.is_live THEN 2 WHEN model_parts.is_live IS NULL THEN 1 ELSE 0 END) AS liveness
    FROM standard.model_parts AS model_parts
    GROUP BY model_parts.kind, model_parts.artifact_id
),

live AS (
    SELECT
        part.kind AS kind,
        COUNT(CASE WHEN part.liveness = 2 THEN 1 END) AS live_low,
        COUNT(CASE WHEN part.liveness > 0 THEN 1 END) AS live_high
    FROM part
    INNER JOIN artifact ON part.kind = artifact.kind AND part.artifact_id = artifact.artifact_id
    GROUP BY part.kind
),

kind AS (
    SELECT described.kind AS kind
    FROM described
    UNION
    SELECT ghost.kind AS kind
    FROM ghost
    UNION
    SELECT known.kind AS kind
    FROM (
        VALUES
        ('feature_source'), ('feature'), ('dataset'), ('model_code'), ('model_family'), ('workflow_run'),
        ('model_binary'), ('model_deployment'), ('owner'), ('assessment')
    ) AS known (kind)
),

model AS (
    SELECT
        model.model_id AS model_id,
        MIN(model.model_by) AS model_by,
        MAX(
            CASE model.binary_is
                WHEN 'described' THEN 3
                WHEN 'retired' THEN 2
                WHEN 'ghost' THEN 1
                ELSE 0
            END
        ) AS binary_rank
    FROM standard.model AS model
    WHERE model.model_id IS NOT NULL
    GROUP BY model.model_id
),

counted AS (
    SELECT
        'code' AS grain,
        model_code.id AS unit_id,
        ran_model.model_id AS model_id
    FROM graph.model_code AS model_code
    LEFT JOIN model AS ran_model ON model_code.id = ran_model.model_id
    UNION ALL
    SELECT
        'family' AS grain,
        model_family.id AS unit_id,
        model_parts.model_id AS model_id
    FROM graph.model_family AS model_family
    LEFT JOIN standard.model_parts AS model_parts
        ON model_family.id = model_parts.artifact_id AND model_parts.kind = 'model_family'
    UNION ALL
    SELECT
        'binary' AS grain,
        model_binary.id AS unit_id,
        model_parts.model_id AS model_id
    FROM graph.model_binary AS model_binary
    LEFT JOIN standard.model_parts AS model_parts
        ON model_binary.id = model_parts.artifact_id AND model_parts.kind = 'model_binary'
    UNION ALL
    SELECT
        'deployment' AS grain,
        model_deployment.id AS unit_id,
        model_parts.model_id AS model_id
    FROM graph.model_deployment AS model_deployment
    LEFT JOIN standard.model_parts AS model_parts
        ON model_deployment.id = model_parts.artifact_id AND model_parts.kind = 'model_deployment'
),

unit AS (
    SELECT
        counted.grain AS grain,
        counted.unit_id AS unit_id,
        COUNT(counted.model_id) AS model_count
    FROM counted
    GROUP BY counted.grain, counted.unit_id
),

unit_count AS (
    SELECT
        unit.grain AS grain,
        COUNT(*) AS unit_count,
        COUNT(CASE WHEN unit.model_count > 0 THEN 1 END) AS placed_count,
        CAST(SUM(unit.model_count) AS BIGINT) AS pair_count
    FROM unit
    GROUP BY unit.grain
),

grain_model AS (
    SELECT DISTINCT
        counted.grain AS grain,
        counted.model_id AS model_id
    FROM counted
    WHERE counted.model_id IS NOT NULL
),

grain_count AS (
    SELECT
        grain_model.grain AS grain,
        COUNT(*) AS model_count
    FROM grain_model
    GROUP BY grain_model.grain
),

every_grain AS (
    SELECT
        known.grain AS grain,
        known.kind AS kind,
        COALESCE(unit_count.unit_count, 0) AS unit_count,
        COALESCE(unit_count.placed_count, 0) AS placed_count,
        COALESCE(unit_count.pair_count, 0) AS pair_count,
        COALESCE(grain_count.model_count, 0) AS model_count
    FROM (
        VALUES
        ('code', 'model_code'), ('family', 'model_family'), ('binary', 'model_binary'), ('deployment', 'model_deployment')
    ) AS known (grain, kind)
    LEFT JOIN unit_count ON known.grain = unit_count.grain
    LEFT JOIN grain_count ON known.grain = grain_count.grain
),

missed AS (
    SELECT
        every_grain.grain AS grain,
        CASE
            WHEN model.model_by = 'code' THEN 'models by code that none of them is in'
            WHEN model.model_by = 'family' THEN 'models by family that none of them is in'
            WHEN model.binary_rank = 3 THEN 'models by deployment: the binary has neither code nor family'
            WHEN model.binary_rank = 2 THEN 'models by deployment: the binary is retired'
            WHEN model.binary_rank = 1 THEN 'models by deployment: the binary is a ghost'
            ELSE 'models by deployment: no binary is known'
        END AS reason
    FROM every_grain
    CROSS JOIN model
    LEFT JOIN grain_model ON every_grain.grain = grain_model.grain AND model.model_id = grain_model.model_id
    WHERE grain_model.model_id IS NULL
),

bridge AS (
    SELECT
        every_grain.grain AS grain,
        1 AS step,
        'all that are described' AS reason,
        every_grain.unit_count AS difference
    FROM every_grain
    UNION ALL
    SELECT
        every_grain.grain AS grain,
        2 AS step,
        'without a model' AS reason,
        every_grain.placed_count - every_grain.unit_count AS difference
    FROM every_grain
    UNION ALL
    SELECT
        every_grain.grain AS grain,
        3 AS step,
        'in several models' AS reason,
        every_grain.pair_count - every_grain.placed_count AS difference
    FROM every_grain
    UNION ALL
    SELECT
        every_grain.grain AS grain,
        4 AS step,
        'in a model together with others' AS reason,
        every_grain.model_count - every_grain.pair_count AS difference
    FROM every_grain
    UNION ALL
    SELECT
        missed.grain AS grain,
        5 AS step,
        missed.reason AS reason,
        COUNT(*) AS difference
    FROM missed
    GROUP BY missed.grain, missed.reason
),

member AS (
    SELECT
        membership.definition AS definition,
        COUNT(CASE WHEN membership.is_member THEN 1 END) AS member_count,
        COUNT(CASE WHEN membership.is_member IS NULL THEN 1 END) AS unknown_count
    FROM standard.membership AS membership
    GROUP BY membership.definition
),

model_count AS (
    SELECT
        COUNT(*) AS model_count,
        COUNT(CASE WHEN models.is_live THEN 1 END) AS live_low,
        COUNT(CASE WHEN models.is_live IS NULL THEN 1 END) AS unknown_count
    FROM standard.models AS models
),

kind_count AS (
    SELECT
        kind.kind AS kind,
        COALESCE(described.artifact_count, 0) AS described_count,
        COALESCE(ghost.artifact_count, 0) AS ghost_count,
        CASE WHEN kind.kind NOT IN ('owner', 'assessment') THEN COALESCE(live.live_low, 0) END AS live_low,
        CASE WHEN kind.kind NOT IN ('owner', 'assessment') THEN COALESCE(live.live_high, 0) END AS live_high
    FROM kind
    LEFT JOIN described ON kind.kind = described.kind
    LEFT JOIN ghost ON kind.kind = ghost.kind
    LEFT JOIN live ON kind.kind = live.kind
)

SELECT
    'kind' AS section, -- What is counted: kind, definition, models (each way to count them) or bridge (between those ways).
    kind_count.kind AS name, -- The kind, definition or way to count; in a bridge the way that it begins with.
    1 AS step, -- The order within a bridge.
    CAST(NULL AS VARCHAR) AS reason, -- In a bridge: what is added or left out, and why.
    kind_count.described_count AS described, -- Artifacts that some source describes.
    kind_count.ghost_count AS ghosts, -- Artifacts that are only referred to.
    kind_count.live_low AS live, -- Those described that a live deployment surely rests on.
    kind_count.live_high AS live_high, -- Those and the ones of which it is unknown.
    CAST(NULL AS BIGINT) AS low, -- Members for sure, or models.
    CAST(NULL AS BIGINT) AS point, -- The best guess; in a bridge the difference, all of one bridge add up to the models.
    CAST(NULL AS BIGINT) AS high -- Members and those of which it is unknown.
FROM kind_count
UNION ALL
SELECT
    'definition' AS section,
    member.definition AS name,
    1 AS step,
    CAST(NULL AS VARCHAR) AS reason,
    CAST(NULL AS BIGINT) AS described,
    CAST(NULL AS BIGINT) AS ghosts,
    CAST(NULL AS BIGINT) AS live,
    CAST(NULL AS BIGINT) AS live_high,
    member.member_count AS low,
    member.member_count AS point,
    member.member_count + member.unknown_count AS high
FROM member
UNION ALL
SELECT
    'definition' AS section,
    'model' AS name,
    1 AS step,
    CAST(NULL AS VARCHAR) AS reason,
    CAST(NULL AS BIGINT) AS described,
    CAST(NULL AS BIGINT) AS ghosts,
    model_count.live_low AS live,
    model_count.live_low + model_count.unknown_count AS live_high,
    model_count.model_count AS low,
    model_count.model_count AS point,
    model_count.model_count AS high
FROM model_count
UNION ALL
SELECT
    'models' AS section,
    'model' AS name,
    1 AS step,
    CAST(NULL AS VARCHAR) AS reason,
    CAST(NULL AS BIGINT) AS described,
    CAST(NULL AS BIGINT) AS ghosts,
    model_count.live_low AS live,
    model_count.live_low + model_count.unknown_count AS live_high,
    model_count.model_count AS low,
    model_count.model_count AS point,
    model_count.model_count AS high
FROM model_count
UNION ALL
SELECT
    'models' AS section,
    every_grain.grain AS name,
    1 AS step,
    CAST(NULL AS VARCHAR) AS reason,
    kind_count.described_count AS described,
    kind_count.ghost_count AS ghosts,
    kind_count.live_low AS live,
    kind_count.live_high AS live_high,
    every_grain.unit_count AS low,
    every_grain.unit_count AS point,
    every_grain.unit_count AS high
FROM every_grain
INNER JOIN kind_count ON every_grain.kind = kind_count.kind
UNION ALL
SELECT
    'bridge' AS section,
    bridge.grain AS name,
    bridge.step AS step,
    bridge.reason AS reason,
    CAST(NULL AS BIGINT) AS described,
    CAST(NULL AS BIGINT) AS ghosts,
    CAST(NULL AS BIGINT) AS live,
    CAST(NULL AS BIGINT) AS live_high,
    bridge.difference AS low,
    bridge.difference AS point,
    bridge.difference AS high
FROM bridge
