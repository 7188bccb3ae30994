"""Who: users and roles, resellers, tenants, establishments, tills; and the one way rows are scoped to a user."""
