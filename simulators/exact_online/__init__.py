"""An Exact Online to run against: real HTTP, its own double-entry books, the rules of the real one.

The comments and docstrings name sections such as "rules 3.4": they are the sections of the team's notes on
how Exact Online behaves. `docs/simulator.md` says how to start and steer the program.
"""
