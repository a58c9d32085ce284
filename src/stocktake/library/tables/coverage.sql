-- table: coverage
-- says: What the numbers rest on, and what is missing: per source and kind, and by name what is not connected, and why.
-- grain: one row per finding
-- key: topic, source, kind, what, artifact_id, other_id, why
-- version: 2
-- owner: ml-governance
-- source: NIST AI RMF 1.0, GOVERN 1.6: an inventory, and how complete it is
WITH artifact AS (
    SELECT
        'feature_source' AS kind,
        feature_source.id AS artifact_id,
        feature_source.name AS name,
        feature_source.flags AS flags
    FROM graph.feature_source AS feature_source
    UNION ALL
    SELECT
        'feature' AS kind,
        feature.id AS artifact_id,
        feature.name AS name,
        feature.flags AS flags
    FROM graph.feature AS feature
    UNION ALL
    SELECT
        'dataset' AS kind,
        dataset.id AS artifact_id,
        dataset.name AS name,
        dataset.flags AS flags
    FROM graph.dataset AS dataset
    UNION ALL
    SELECT
        'model_code' AS kind,
        model_code.id AS artifact_id,
        model_code.name AS name,
        model_code.flags AS flags
    FROM graph.model_code AS model_code
    UNION ALL
    SELECT
        'model_family' AS kind,
        model_family.id AS artifact_id,
        model_family.name AS name,
        model_family.flags AS flags
    FROM graph.model_family AS model_family
    UNION ALL
    SELECT
        'workflow_run' AS kind,
        workflow_run.id AS artifact_id,
        workflow_run.name AS name,
        workflow_run.flags AS flags
    FROM graph.workflow_run AS workflow_run
    UNION ALL
    SELECT
        'model_binary' AS kind,
        model_binary.id AS artifact_id,
        model_binary.name AS name,
        model_binary.flags AS flags
    FROM graph.model_binary AS model_binary
    UNION ALL
    SELECT
        'model_deployment' AS kind,
        model_deployment.id AS artifact_id,
        model_deployment.name AS name,
        model_deployment.flags AS flags
    FROM graph.model_deployment AS model_deployment
    UNION ALL
    SELECT
        'owner' AS kind,
        owner.id AS artifact_id,
        owner.name AS name,
        owner.flags AS flags
    FROM graph.owner AS owner
    UNION ALL
    SELECT
        'assessment' AS kind,
        assessment.id AS artifact_id,
        assessment.name AS name,
        assessment.flags AS flags
    FROM graph.assessment AS assessment
),

flagged AS (
    SELECT
        artifact.kind AS kind,
        flag.flag AS flag,
        COUNT(*) AS artifact_count
    FROM artifact
    CROSS JOIN UNNEST(artifact.flags) AS flag (flag)
    GROUP BY artifact.kind, flag.flag
),

seen AS (
    SELECT
        artifact_source.source AS source,
        artifact_source.kind AS kind,
        COUNT(*) AS artifact_count
    FROM graph.artifact_source AS artifact_source
    GROUP BY artifact_source.source, artifact_source.kind
),

stale_field AS (
    SELECT
        stale_value.source AS source,
        stale_value.kind AS kind,
        stale_value.field AS field,
        COUNT(DISTINCT stale_value.id) AS artifact_count
    FROM graph.stale_value AS stale_value
    GROUP BY stale_value.source, stale_value.kind, stale_value.field
),

resting AS (
    SELECT
        artifact_source.source AS source,
        COUNT(*) AS artifact_count
    FROM graph.artifact_source AS artifact_source
    GROUP BY artifact_source.source
),

hop AS (
    SELECT
        'model_deployment' AS kind,
        'serves' AS edge,
        model_deployment.id AS artifact_id,
        serves.to_is AS to_is
    FROM graph.model_deployment AS model_deployment
    LEFT JOIN graph.model_deployment_serves AS serves ON model_deployment.id = serves.from_id
    UNION ALL
    SELECT
        'model_binary' AS kind,
        'workflow_run' AS edge,
        model_binary.id AS artifact_id,
        trained_by.to_is AS to_is
    FROM graph.model_binary AS model_binary
    LEFT JOIN graph.model_binary_workflow_run AS trained_by ON model_binary.id = trained_by.from_id
    UNION ALL
    SELECT
        'model_binary' AS kind,
        'family' AS edge,
        model_binary.id AS artifact_id,
        version_of.to_is AS to_is
    FROM graph.model_binary AS model_binary
    LEFT JOIN graph.model_binary_family AS version_of ON model_binary.id = version_of.from_id
    UNION ALL
    SELECT
        'workflow_run' AS kind,
        'model_code' AS edge,
        trained_by.to_id AS artifact_id,
        ran.to_is AS to_is
    FROM graph.model_binary_workflow_run AS trained_by
    LEFT JOIN graph.workflow_run_model_code AS ran ON trained_by.to_id = ran.from_id
    WHERE trained_by.to_is = 'described'
    UNION ALL
    SELECT
        'workflow_run' AS kind,
        'datasets' AS edge,
        trained_by.to_id AS artifact_id,
        datasets.to_is AS to_is
    FROM graph.model_binary_workflow_run AS trained_by
    LEFT JOIN graph.workflow_run_datasets AS datasets ON trained_by.to_id = datasets.from_id
    WHERE trained_by.to_is = 'described'
    UNION ALL
    SELECT
        'feature' AS kind,
        'sources' AS edge,
        feature.id AS artifact_id,
        sources.to_is AS to_is
    FROM graph.feature AS feature
    LEFT JOIN graph.feature_sources AS sources ON feature.id = sources.from_id
    UNION ALL
    SELECT
        'dataset' AS kind,
        'features or sources' AS edge,
        dataset.id AS artifact_id,
        features.to_is AS to_is
    FROM graph.dataset AS dataset
    LEFT JOIN graph.dataset_features AS features ON dataset.id = features.from_id
    UNION ALL
    SELECT
        'dataset' AS kind,
        'features or sources' AS edge,
        sources.from_id AS artifact_id,
        sources.to_is AS to_is
    FROM graph.dataset_sources AS sources
    UNION ALL
    -- A run that wrote the dataset tells what it is made from by what it read.
    SELECT
        'dataset' AS kind,
        'features or sources' AS edge,
        writes.to_id AS artifact_id,
        reads.to_is AS to_is
    FROM graph.workflow_run_writes AS writes
    INNER JOIN graph.workflow_run_reads AS reads ON writes.from_id = reads.from_id AND writes.to_id <> reads.to_id
    WHERE writes.to_kind = 'dataset' AND writes.to_is = 'described'
    UNION ALL
    SELECT
        'model_code' AS kind,
        'named by a run' AS edge,
        model_code.id AS artifact_id,
        CASE WHEN ran.from_id IS NOT NULL THEN 'described' END AS to_is
    FROM graph.model_code AS model_code
    LEFT JOIN graph.workflow_run_model_code AS ran ON model_code.id = ran.to_id
    UNION ALL
    SELECT
        'model_family' AS kind,
        'named by a binary' AS edge,
        model_family.id AS artifact_id,
        CASE WHEN version_of.from_id IS NOT NULL THEN 'described' END AS to_is
    FROM graph.model_family AS model_family
    LEFT JOIN graph.model_binary_family AS version_of ON model_family.id = version_of.to_id
    UNION ALL
    SELECT
        'dataset' AS kind,
        'read by a run' AS edge,
        dataset.id AS artifact_id,
        CASE WHEN datasets.from_id IS NOT NULL THEN 'described' END AS to_is
    FROM graph.dataset AS dataset
    LEFT JOIN graph.workflow_run_datasets AS datasets ON dataset.id = datasets.to_id
    UNION ALL
    SELECT
        'feature' AS kind,
        'in a dataset' AS edge,
        feature.id AS artifact_id,
        CASE WHEN features.from_id IS NOT NULL THEN 'described' END AS to_is
    FROM graph.feature AS feature
    LEFT JOIN graph.dataset_features AS features ON feature.id = features.to_id
),

reached AS (
    SELECT
        hop.kind AS kind,
        hop.edge AS edge,
        hop.artifact_id AS artifact_id,
        MAX(
            CASE hop.to_is
                WHEN 'described' THEN 3
                WHEN 'retired' THEN 2
                WHEN 'ghost' THEN 1
                ELSE 0
            END
        ) AS reach
    FROM hop
    GROUP BY hop.kind, hop.edge, hop.artifact_id
),

unattributed AS (
    SELECT DISTINCT
        model.deployment_id AS deployment_id,
        model.binary_id AS binary_id,
        model.model_by AS model_by
    FROM standard.model AS model
    WHERE model.model_by IS NULL OR model.model_by = 'deployment'
),

finding AS (
    SELECT
        'source' AS topic,
        source.source AS source,
        CAST(NULL AS VARCHAR) AS kind,
        CASE WHEN source.is_stale THEN 'stale' WHEN NOT source.is_stale THEN 'fresh' END AS what,
        CAST(NULL AS VARCHAR) AS artifact_id,
        CAST(NULL AS VARCHAR) AS other_id,
        CASE WHEN source.is_stale THEN 'no complete pull of it is recent enough' END AS why,
        COALESCE(resting.artifact_count, 0) AS finding_count
    FROM graph.source AS source
    LEFT JOIN resting ON source.source = resting.source
    UNION ALL
    SELECT
        'seen' AS topic,
        seen.source AS source,
        seen.kind AS kind,
        CAST(NULL AS VARCHAR) AS what,
        CAST(NULL AS VARCHAR) AS artifact_id,
        CAST(NULL AS VARCHAR) AS other_id,
        CAST(NULL AS VARCHAR) AS why,
        seen.artifact_count AS finding_count
    FROM seen
    UNION ALL
    SELECT
        'label' AS topic,
        label_count.source AS source,
        CAST(NULL AS VARCHAR) AS kind,
        label_count.label AS what,
        CAST(NULL AS VARCHAR) AS artifact_id,
        CAST(NULL AS VARCHAR) AS other_id,
        CASE
            WHEN label_count.mapped < label_count.records
                THEN CAST(label_count.records - label_count.mapped AS VARCHAR) || ' of its records give no claim'
        END AS why,
        label_count.records AS finding_count
    FROM graph.label_count AS label_count
    UNION ALL
    SELECT
        'erased' AS topic,
        label_count.source AS source,
        CAST(NULL AS VARCHAR) AS kind,
        label_count.label AS what,
        CAST(NULL AS VARCHAR) AS artifact_id,
        CAST(NULL AS VARCHAR) AS other_id,
        'what they said was erased, by whom and why is told by `stocktake runs`' AS why,
        label_count.erased AS finding_count
    FROM graph.label_count AS label_count
    WHERE label_count.erased > 0
    UNION ALL
    SELECT
        'unmapped' AS topic,
        unmapped.source AS source,
        CAST(NULL AS VARCHAR) AS kind,
        unmapped.label AS what,
        CAST(NULL AS VARCHAR) AS artifact_id,
        CAST(NULL AS VARCHAR) AS other_id,
        'no vocabulary of its source says what this label means' AS why,
        unmapped.records AS finding_count
    FROM graph.unmapped AS unmapped
    UNION ALL
    SELECT
        'ghost' AS topic,
        CAST(NULL AS VARCHAR) AS source,
        ghost.kind AS kind,
        MIN(ghost.namespace || ':' || ghost.value) AS what,
        ghost.id AS artifact_id,
        CAST(NULL AS VARCHAR) AS other_id,
        'it is referred to, and no source describes it' AS why,
        COUNT(*) AS finding_count
    FROM graph.ghost AS ghost
    GROUP BY ghost.kind, ghost.id
    UNION ALL
    SELECT
        'orphan' AS topic,
        CAST(NULL AS VARCHAR) AS source,
        reached.kind AS kind,
        reached.edge AS what,
        reached.artifact_id AS artifact_id,
        CAST(NULL AS VARCHAR) AS other_id,
        CASE reached.reach
            WHEN 2 THEN 'what it refers to is retired'
            WHEN 1 THEN 'what it refers to is a ghost'
            ELSE 'no source tells of any'
        END AS why,
        1 AS finding_count
    FROM reached
    WHERE reached.reach < 3
    UNION ALL
    SELECT
        'unattributed' AS topic,
        CAST(NULL AS VARCHAR) AS source,
        CASE WHEN unattributed.deployment_id IS NULL THEN 'model_binary' ELSE 'model_deployment' END AS kind,
        unattributed.model_by AS what,
        COALESCE(unattributed.deployment_id, unattributed.binary_id) AS artifact_id,
        unattributed.binary_id AS other_id,
        CASE
            WHEN unattributed.deployment_id IS NULL THEN 'a binary with neither code, family nor deployment is no model'
            ELSE 'its binary names neither code nor family, so the deployment stands for the model'
        END AS why,
        1 AS finding_count
    FROM unattributed
    UNION ALL
    SELECT
        'unowned' AS topic,
        CAST(NULL AS VARCHAR) AS source,
        'model_' || models.model_by AS kind,
        models.model_by AS what,
        models.model_id AS artifact_id,
        CAST(NULL AS VARCHAR) AS other_id,
        'no source names an owner of this model' AS why,
        1 AS finding_count
    FROM standard.models AS models
    WHERE models.owned_through IS NULL
    UNION ALL
    SELECT
        'flag' AS topic,
        CAST(NULL AS VARCHAR) AS source,
        flagged.kind AS kind,
        flagged.flag AS what,
        CAST(NULL AS VARCHAR) AS artifact_id,
        CAST(NULL AS VARCHAR) AS other_id,
        CAST(NULL AS VARCHAR) AS why,
        flagged.artifact_count AS finding_count
    FROM flagged
    UNION ALL
    SELECT
        'conflict' AS topic,
        CAST(NULL AS VARCHAR) AS source,
        conflict.kind AS kind,
        conflict.field AS what,
        conflict.id AS artifact_id,
        CAST(NULL AS VARCHAR) AS other_id,
        'sources of equal rank tell it differently' AS why,
        conflict.value_count AS finding_count
    FROM graph.conflict AS conflict
    UNION ALL
    SELECT
        'stale' AS topic,
        stale_field.source AS source,
        stale_field.kind AS kind,
        stale_field.field AS what,
        CAST(NULL AS VARCHAR) AS artifact_id,
        CAST(NULL AS VARCHAR) AS other_id,
        'only stale sources tell it, so it reads as unknown' AS why,
        stale_field.artifact_count AS finding_count
    FROM stale_field
    UNION ALL
    SELECT
        'suggestion' AS topic,
        CAST(NULL AS VARCHAR) AS source,
        suggestion.kind AS kind,
        suggestion.rule AS what,
        suggestion.left_id AS artifact_id,
        suggestion.right_id AS other_id,
        suggestion.evidence AS why,
        1 AS finding_count
    FROM graph.suggestion AS suggestion
    UNION ALL
    SELECT
        'crowded' AS topic,
        CAST(NULL AS VARCHAR) AS source,
        CAST(NULL AS VARCHAR) AS kind,
        crowded_identifier.namespace || ':' || crowded_identifier.value AS what,
        CAST(NULL AS VARCHAR) AS artifact_id,
        CAST(NULL AS VARCHAR) AS other_id,
        'so many claim it as their own that it joins none of them' AS why,
        crowded_identifier.claims AS finding_count
    FROM graph.crowded_identifier AS crowded_identifier
)

SELECT
    finding.topic AS topic, -- What it is about, such as source, seen, unmapped, erased, ghost, orphan, flag or stale.
    finding.source AS source, -- The source that it is about.
    finding.kind AS kind, -- The kind that it is about.
    finding.what AS what, -- The label, field, flag, rule, missing hop or identifier.
    finding.artifact_id AS artifact_id, -- The artifact that it is about.
    artifact.name AS name, -- Its display name.
    finding.other_id AS other_id, -- The other artifact: of a suggestion what it may be the same as, else what it refers to.
    finding.why AS why, -- Why it is so, or the evidence.
    finding.finding_count AS finding_count -- How many: artifacts, or records of a label.
FROM finding
LEFT JOIN artifact ON finding.artifact_id = artifact.artifact_id
