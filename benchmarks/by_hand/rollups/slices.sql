WITH named AS (
    FROM (VALUES ('everything', 'everything'), ('owner', 'no team')) AS always (slice, slice_value)
    UNION
    SELECT 'owner', UNNEST(owners) FROM standard.models
)

SELECT ROW_NUMBER() OVER (ORDER BY slice, slice_value)::INTEGER AS slice_no, slice, slice_value
FROM named
