"""The mapping screen of an establishment: every setting, what Exact says of it, and the entries it would make."""
