"""`make demo`: weeks of French shops' closings, from the tills into Exact Online's books."""

# Everybody's, in the console.
PASSWORD = "demo-clyo-exact"
