"""Which table holds the properties of which resource, and what the resources ask of a caller."""
