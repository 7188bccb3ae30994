"""The console's pages of closings."""
