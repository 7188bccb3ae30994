"""The pages of a place: one establishment, one customer, and all establishments a person may see at once."""
