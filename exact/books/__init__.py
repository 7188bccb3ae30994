"""What Exact's books hold of our entries, compared with what was posted."""
