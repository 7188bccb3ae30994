"""Somebody with a browser who opens an activation link, and gives the consent at the simulated Exact Online."""
