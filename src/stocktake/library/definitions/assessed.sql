-- definition: assessed
-- says: What the latest assessment of an artifact says on a topic.
-- grain: one row per artifact and topic
-- version: 1
-- owner: ml-governance
-- source: NIST AI RMF 1.0, MEASURE 2: evaluations are documented and repeated
WITH looked AS (
    SELECT
        looked_at.to_id AS artifact_id,
        assessment.topic AS topic,
        assessment.id AS assessment_id,
        assessment.state AS state,
        assessment.result AS result,
        assessment.assessed_at AS assessed_at,
        assessment.expires_at AS expires_at,
        assessment.worst_gap AS worst_gap,
        assessment.gap_limit AS gap_limit,
        assessment.slice_count AS slice_count,
        assessment.slice_required_count AS slice_required_count
    FROM graph.assessment AS assessment
    INNER JOIN graph.assessment_of AS looked_at ON assessment.id = looked_at.from_id
    WHERE assessment.topic IS NOT NULL
),

placed AS (
    SELECT
        looked.artifact_id AS artifact_id,
        looked.topic AS topic,
        looked.assessment_id AS assessment_id,
        looked.state AS state,
        looked.result AS result,
        looked.assessed_at AS assessed_at,
        looked.expires_at AS expires_at,
        looked.worst_gap AS worst_gap,
        looked.gap_limit AS gap_limit,
        looked.slice_count AS slice_count,
        looked.slice_required_count AS slice_required_count,
        ROW_NUMBER() OVER (
            PARTITION BY looked.artifact_id, looked.topic ORDER BY looked.assessed_at DESC, looked.assessment_id ASC
        ) AS place,
        COUNT(*) OVER (PARTITION BY looked.artifact_id, looked.topic) AS told_count,
        COUNT(looked.assessed_at) OVER (PARTITION BY looked.artifact_id, looked.topic) AS dated_count
    FROM looked
)

SELECT
    placed.artifact_id AS artifact_id, -- What was looked at.
    placed.topic AS topic, -- What for, such as fairness, quality or access.
    CASE WHEN placed.told_count IN (1, placed.dated_count) THEN placed.assessment_id END AS assessment_id, -- Unknown where the order is.
    CASE WHEN placed.told_count IN (1, placed.dated_count) THEN placed.state END AS state, -- How far it is.
    CASE WHEN placed.told_count IN (1, placed.dated_count) THEN placed.result END AS result, -- What it found.
    CASE WHEN placed.told_count IN (1, placed.dated_count) THEN placed.assessed_at END AS assessed_at, -- When it was done, UTC.
    CASE WHEN placed.told_count IN (1, placed.dated_count) THEN placed.expires_at END AS expires_at, -- Until when it holds, UTC.
    CASE WHEN placed.told_count IN (1, placed.dated_count) THEN placed.worst_gap END AS worst_gap, -- The greatest gap between groups.
    CASE WHEN placed.told_count IN (1, placed.dated_count) THEN placed.gap_limit END AS gap_limit, -- The greatest gap allowed.
    CASE WHEN placed.told_count IN (1, placed.dated_count) THEN placed.slice_count END AS slice_count, -- The slices that it looked at.
    CASE
        WHEN placed.told_count IN (1, placed.dated_count) THEN placed.slice_required_count
    END AS slice_required_count, -- The slices that it must look at.
    placed.told_count AS assessment_count -- The assessments of it on this topic.
FROM placed
WHERE placed.place = 1
