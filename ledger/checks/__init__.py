"""The single checks of a closing, by subject; `ledger.check` runs them."""
