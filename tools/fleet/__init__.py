"""Many customers with their shops and tills, for the runs that put the service under fire or measure it."""
