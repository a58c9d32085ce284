-- With two owners a model stands in both slices.
WITH told AS (
    SELECT 'everything' AS slice, 'everything' AS slice_value, model_id FROM standard.models
    UNION ALL
    SELECT DISTINCT 'owner', UNNEST(CASE WHEN LEN(owners) > 0 THEN owners ELSE ['no team'] END), model_id FROM standard.models
)

SELECT slices.slice_no, models.model_no, models.model_id
FROM told
INNER JOIN rollup.slices AS slices USING (slice, slice_value)
INNER JOIN rollup.models AS models USING (model_id)
