"""Retention: deleting rows by age, the archive of a customer who leaves, erasing a person who asks for it."""
