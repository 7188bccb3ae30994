"""Stand-ins for the outside world: programs to run the product against. They import none of its rooms."""
