"""OAuth 2 as Exact does it (rules 1): log-in, consent, codes, rotating tokens."""
