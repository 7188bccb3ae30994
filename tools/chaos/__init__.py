"""`make chaos`: everything fails at random, tills push on, and at the end the books must be right to the cent."""
