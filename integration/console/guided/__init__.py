"""Guided tasks of a few pages: each shows what will happen, asks for a reason, and ends with what is left to do."""
