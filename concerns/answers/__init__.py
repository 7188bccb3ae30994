"""Questions that a letter asks and one press answers, without a log-in (docs/decisions/0055)."""
