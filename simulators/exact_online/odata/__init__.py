"""The query language of the API (rules 3.1: OData version 2), from text to SQL."""
