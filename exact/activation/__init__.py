"""Linking an establishment to a company of Exact: activation links, their pages, and upkeep after the activation."""
