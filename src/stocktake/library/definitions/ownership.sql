-- definition: ownership
-- says: Who answers for an artifact, all its owners taken together.
-- grain: one row per owned binary, deployment, family or code
-- version: 1
-- owner: ml-governance
-- source: NIST AI RMF 1.0, GOVERN 2.1: lines of responsibility are documented
SELECT
    model_owner.artifact_id AS artifact_id, -- The binary, deployment, family or code.
    LIST_SORT(
        ARRAY_AGG(DISTINCT model_owner.owner_name) FILTER (WHERE model_owner.owner_name IS NOT NULL)
    ) AS owners, -- Its owners as they were named, in order.
    COUNT(DISTINCT model_owner.owner_id) AS owner_count, -- How many they are.
    MIN(model_owner.owned_through) AS owned_through, -- Where they were named: own, family or code.
    COUNT(DISTINCT CASE WHEN model_owner.owner_is = 'described' THEN model_owner.owner_id END) AS described_count, -- Those described.
    CASE
        WHEN BOOL_OR(owner.is_active) THEN TRUE
        WHEN COUNT(*) = COUNT(owner.is_active) THEN FALSE
    END AS is_owner_active -- Whether any of them is still there; unknown where no source tells.
FROM standard.model_owner AS model_owner
LEFT JOIN graph.owner AS owner ON model_owner.owner_id = owner.id
GROUP BY model_owner.artifact_id
