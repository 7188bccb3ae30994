"""Guided tasks: what is to be done in a few pages, each with what will happen, a reason, and what is left by whom."""
