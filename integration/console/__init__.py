"""The console's own pages: what last night brought, errors by cause, the day's log, people and set-up."""
