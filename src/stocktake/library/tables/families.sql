-- table: families
-- says: Every registered family: how many versions it has, which models they belong to, and whether any answers.
-- grain: one row per family
-- key: family_id
-- version: 1
-- owner: ml-governance
-- source: Meta 2023, "How many models do we have?": what a registry calls a model is a line of versions
WITH version AS (
    SELECT DISTINCT
        version_of.to_id AS family_id,
        version_of.from_id AS binary_id
    FROM graph.model_binary_family AS version_of
    WHERE version_of.to_is = 'described'
),

versions AS (
    SELECT
        version.family_id AS family_id,
        COUNT(*) AS binary_count,
        COUNT(CASE WHEN binaries.is_live THEN 1 END) AS live_count,
        COUNT(CASE WHEN binaries.deployment_count > 0 THEN 1 END) AS served_count,
        CASE
            WHEN BOOL_OR(binaries.is_live) THEN TRUE
            WHEN COUNT(*) = COUNT(binaries.is_live) THEN FALSE
        END AS is_live,
        CASE WHEN COUNT(*) = COUNT(binaries.trained_at) THEN MAX(binaries.trained_at) END AS trained_at
    FROM version
    LEFT JOIN standard.binaries AS binaries ON version.binary_id = binaries.binary_id
    GROUP BY version.family_id
),

in_model AS (
    SELECT DISTINCT
        version.family_id AS family_id,
        model.model_id AS model_id
    FROM version
    INNER JOIN standard.model AS model ON version.binary_id = model.binary_id
    WHERE model.model_id IS NOT NULL
),

models AS (
    SELECT
        in_model.family_id AS family_id,
        COUNT(*) AS model_count,
        MIN(in_model.model_id) AS model_id
    FROM in_model
    GROUP BY in_model.family_id
)

SELECT
    model_family.id AS family_id, -- The family.
    model_family.name AS name, -- Its display name.
    model_family.description AS description, -- Free text that its tool shows.
    model_family.purpose AS purpose, -- What it is for.
    CASE WHEN models.model_count = 1 THEN models.model_id END AS model_id, -- The model of its versions, where it is just one.
    COALESCE(models.model_count, 0) AS model_count, -- The models of its versions; above 1: several codes feed it.
    COALESCE(versions.binary_count, 0) AS binary_count, -- Its versions.
    COALESCE(versions.served_count, 0) AS served_count, -- Those of them that any deployment serves.
    COALESCE(versions.live_count, 0) AS live_count, -- Those of them that surely answer.
    CASE WHEN versions.family_id IS NULL THEN FALSE ELSE versions.is_live END AS is_live, -- Whether any of them answers.
    versions.trained_at AS trained_at, -- When the latest of them was trained, UTC; unknown if any is.
    ownership.owners AS owners, -- Its owners: its own, else its codes'.
    ownership.owned_through AS owned_through, -- Where they were named: own or code; nothing: no owner.
    ownership.is_owner_active AS is_owner_active, -- Whether any of them is still there.
    model_family.risk_tier AS risk_tier, -- The risk that people give it.
    model_family.risk_state AS risk_state, -- How far that is decided.
    model_family.affects_people AS affects_people, -- Whether what it says decides over people.
    model_family.documented_at AS documented_at, -- When what documents it was last changed, UTC.
    model_family.created_at AS created_at, -- When it came to be, UTC.
    model_family.last_updated_at AS last_updated_at, -- When a version was last added or changed, UTC.
    model_family.flags AS flags -- What is odd about it.
FROM graph.model_family AS model_family
LEFT JOIN versions ON model_family.id = versions.family_id
LEFT JOIN models ON model_family.id = models.family_id
LEFT JOIN standard.ownership AS ownership ON model_family.id = ownership.artifact_id
