"""How long what is kept: what is deleted when, a customer's whole data for who leaves, the names of who asks for it."""
