"""What is raised for a file that cannot be read."""


class Unreadable(Exception):
    """The file is none we can read; the message says why, for people."""
