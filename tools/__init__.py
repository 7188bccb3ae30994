"""For those who develop and measure: the local stack, the demo, fault and load runs, translations."""
