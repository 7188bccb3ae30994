"""`make pressing`: Exact's answers get lost in every way, a person presses all the same, and each entry stands once."""
