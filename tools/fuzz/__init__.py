"""`make fuzz`: valid documents and files, broken in every way; what must hold of each answer is looked at."""
