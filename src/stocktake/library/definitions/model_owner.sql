-- definition: model_owner
-- says: An artifact is owned by its own owners; where none is named, by its family's; else by its code's.
-- grain: one row per binary, deployment, family or code, and owner
-- version: 1
-- owner: ml-governance
-- absence: owners
-- source: NIST AI RMF 1.0, GOVERN 2.1: lines of responsibility are documented
WITH own AS (
    SELECT
        owned_by.from_id AS artifact_id,
        owned_by.owner_id AS owner_id,
        owned_by.owner_name AS owner_name,
        owned_by.to_is AS owner_is
    FROM graph.model_binary_owned_by AS owned_by
    UNION ALL
    SELECT
        owned_by.from_id AS artifact_id,
        owned_by.owner_id AS owner_id,
        owned_by.owner_name AS owner_name,
        owned_by.to_is AS owner_is
    FROM graph.model_deployment_owned_by AS owned_by
    UNION ALL
    SELECT
        owned_by.from_id AS artifact_id,
        owned_by.owner_id AS owner_id,
        owned_by.owner_name AS owner_name,
        owned_by.to_is AS owner_is
    FROM graph.model_family_owned_by AS owned_by
    UNION ALL
    SELECT
        owned_by.from_id AS artifact_id,
        owned_by.owner_id AS owner_id,
        owned_by.owner_name AS owner_name,
        owned_by.to_is AS owner_is
    FROM graph.model_code_owned_by AS owned_by
),

binary_parent AS (
    SELECT
        version_of.from_id AS binary_id,
        version_of.to_id AS parent_id,
        'family' AS owned_through
    FROM graph.model_binary_family AS version_of
    WHERE version_of.to_is = 'described'
    UNION ALL
    SELECT
        trained_by.from_id AS binary_id,
        ran.to_id AS parent_id,
        'code' AS owned_through
    FROM graph.model_binary_workflow_run AS trained_by
    INNER JOIN graph.workflow_run_model_code AS ran ON trained_by.to_id = ran.from_id
    WHERE ran.to_is = 'described'
),

parent AS (
    SELECT
        binary_parent.binary_id AS artifact_id,
        binary_parent.parent_id AS parent_id,
        binary_parent.owned_through AS owned_through
    FROM binary_parent
    UNION ALL
    SELECT
        serves.from_id AS artifact_id,
        binary_parent.parent_id AS parent_id,
        binary_parent.owned_through AS owned_through
    FROM graph.model_deployment_serves AS serves
    INNER JOIN binary_parent ON serves.to_id = binary_parent.binary_id
    UNION ALL
    SELECT
        family.parent_id AS artifact_id,
        code.parent_id AS parent_id,
        'code' AS owned_through
    FROM binary_parent AS family
    INNER JOIN binary_parent AS code ON family.binary_id = code.binary_id
    WHERE family.owned_through = 'family' AND code.owned_through = 'code'
    UNION ALL
    SELECT
        code.parent_id AS artifact_id,
        family.parent_id AS parent_id,
        'family' AS owned_through
    FROM binary_parent AS code
    INNER JOIN binary_parent AS family ON code.binary_id = family.binary_id
    WHERE code.owned_through = 'code' AND family.owned_through = 'family'
),

candidate AS (
    SELECT
        own.artifact_id AS artifact_id,
        own.owner_id AS owner_id,
        own.owner_name AS owner_name,
        own.owner_is AS owner_is,
        0 AS distance
    FROM own
    UNION ALL
    SELECT
        parent.artifact_id AS artifact_id,
        own.owner_id AS owner_id,
        own.owner_name AS owner_name,
        own.owner_is AS owner_is,
        CASE WHEN parent.owned_through = 'family' THEN 1 ELSE 2 END AS distance
    FROM parent
    INNER JOIN own ON parent.parent_id = own.artifact_id
),

nearest AS (
    SELECT
        candidate.artifact_id AS artifact_id,
        MIN(candidate.distance) AS distance
    FROM candidate
    GROUP BY candidate.artifact_id
)

SELECT DISTINCT
    candidate.artifact_id AS artifact_id, -- The binary, deployment, family or code that is owned.
    candidate.owner_id AS owner_id, -- The owner.
    candidate.owner_name AS owner_name, -- The owner as it was named.
    candidate.owner_is AS owner_is, -- Whether the owner is described, a ghost or retired.
    candidate.distance > 0 AS is_inherited, -- Whether the owner was named on the family or code, not on this.
    CASE
        WHEN candidate.distance = 0 THEN 'own'
        WHEN candidate.distance = 1 THEN 'family'
        ELSE 'code'
    END AS owned_through -- Where the owner was named: on this itself, on its family or on its code.
FROM candidate
INNER JOIN nearest ON candidate.artifact_id = nearest.artifact_id AND candidate.distance = nearest.distance
