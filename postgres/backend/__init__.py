"""Django's back end for PostgreSQL, with sessions of ours (`postgres.session`). The setting `ENGINE` names it."""
