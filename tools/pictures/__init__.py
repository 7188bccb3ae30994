"""`make pictures`: a browser goes through the demo and takes the handbook's pictures, so that they stay true."""
