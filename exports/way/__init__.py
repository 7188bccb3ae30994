"""A closing on its way: looked at, decided, carried out, looked at again."""
