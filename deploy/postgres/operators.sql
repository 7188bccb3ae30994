-- Row-level security looks at a row's owner before anything that could tell of the row, so that an index is of no use to
-- an operator that is not said to tell nothing. These compare a column with a value and raise nothing of either; without
-- this all is right, and slower. Run by a superuser in the service's database, after each restore from a dump and after
-- pg_upgrade; in template1 it is copied into every database made later.
ALTER FUNCTION range_overlaps(anyrange, anyrange) LEAKPROOF;
ALTER FUNCTION range_contains_elem(anyrange, anyelement) LEAKPROOF;
ALTER FUNCTION range_before(anyrange, anyrange) LEAKPROOF;
ALTER FUNCTION jsonb_contains(jsonb, jsonb) LEAKPROOF;
ALTER FUNCTION numeric_eq(numeric, numeric) LEAKPROOF;
ALTER FUNCTION numeric_ge(numeric, numeric) LEAKPROOF;
ALTER FUNCTION numeric_le(numeric, numeric) LEAKPROOF;
