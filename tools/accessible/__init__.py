"""`make axe`: checks the accessibility of every page of the demo, wide and narrow, light and dark."""
