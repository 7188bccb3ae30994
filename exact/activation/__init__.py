"""Linking an establishment to a company of Exact: the links, their pages, and the life after it."""
