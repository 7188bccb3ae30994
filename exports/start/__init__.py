"""From which day closings go to Exact: the days to choose, what would go, the page that asks the holder of a link."""
