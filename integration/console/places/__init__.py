"""The pages of one establishment, of one customer, and of all establishments that a person may see."""
