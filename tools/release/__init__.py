"""What a release is made of, and what keeps the one before it running while the next is rolled out."""
