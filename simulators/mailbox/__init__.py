"""A mail server that keeps what it is given and sends nothing: for the sandbox, and until a server is named."""
