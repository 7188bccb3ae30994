"""What a person must know now, and the letters that tell it."""
