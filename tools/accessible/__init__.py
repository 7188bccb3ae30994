"""`make axe`: every page of the demo, wide and narrow, light and dark, looked at as the people who cannot see it so."""
