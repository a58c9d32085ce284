-- table: owners
-- says: Everybody who is named as an owner or described as a person or team: what they answer for, and whether they are there.
-- grain: one row per owner, also of those that are only named
-- key: owner_id
-- version: 1
-- owner: ml-governance
-- source: NIST AI RMF 1.0, GOVERN 2.1: roles and lines of responsibility are documented and clear
WITH owned AS (
    SELECT DISTINCT
        model_owner.owner_id AS owner_id,
        models.model_id AS model_id,
        models.is_live AS is_live,
        model_owner.is_inherited AS is_inherited
    FROM standard.model_owner AS model_owner
    INNER JOIN standard.models AS models ON model_owner.artifact_id = models.model_id
),

answers_for AS (
    SELECT
        owned.owner_id AS owner_id,
        COUNT(DISTINCT owned.model_id) AS model_count,
        COUNT(DISTINCT CASE WHEN owned.is_live THEN owned.model_id END) AS live_model_count,
        COUNT(DISTINCT CASE WHEN NOT owned.is_inherited THEN owned.model_id END) AS own_model_count
    FROM owned
    GROUP BY owned.owner_id
),

named AS (
    SELECT
        model_owner.owner_id AS owner_id,
        MIN(model_owner.owner_name) AS name
    FROM standard.model_owner AS model_owner
    GROUP BY model_owner.owner_id
),

team AS (
    SELECT
        member_of.from_id AS owner_id,
        COUNT(DISTINCT member_of.to_id) AS team_count
    FROM graph.owner_member_of AS member_of
    GROUP BY member_of.from_id
),

member AS (
    SELECT
        member_of.to_id AS owner_id,
        COUNT(DISTINCT member_of.from_id) AS member_count
    FROM graph.owner_member_of AS member_of
    GROUP BY member_of.to_id
),

listed AS (
    SELECT owner.id AS owner_id
    FROM graph.owner AS owner
    UNION
    SELECT named.owner_id AS owner_id
    FROM named
)

SELECT
    listed.owner_id AS owner_id, -- The person or team.
    CASE WHEN owner.id IS NULL THEN named.name ELSE owner.name END AS name, -- The display name; of one that is only named, that name.
    owner.id IS NOT NULL AS is_described, -- Whether any source describes it, or it is only named.
    owner.owner_type AS owner_type, -- Person or team.
    owner.email AS email, -- Where to write.
    owner.is_active AS is_active, -- Whether it is still there.
    COALESCE(answers_for.model_count, 0) AS model_count, -- The models that it answers for, also by their family or code.
    COALESCE(answers_for.own_model_count, 0) AS own_model_count, -- Those of them on which it is named itself.
    COALESCE(answers_for.live_model_count, 0) AS live_model_count, -- Those of them that surely answer.
    COALESCE(team.team_count, 0) AS team_count, -- The teams that it is part of.
    COALESCE(member.member_count, 0) AS member_count, -- The owners that are part of it.
    owner.flags AS flags -- What is odd about it.
FROM listed
LEFT JOIN graph.owner AS owner ON listed.owner_id = owner.id
LEFT JOIN named ON listed.owner_id = named.owner_id
LEFT JOIN answers_for ON listed.owner_id = answers_for.owner_id
LEFT JOIN team ON listed.owner_id = team.owner_id
LEFT JOIN member ON listed.owner_id = member.owner_id
