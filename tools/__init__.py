"""Tools for development and measurements: the local stack, the demo, fault and load runs, translations."""
