"""The ground under the Django rooms: what PostgreSQL itself is asked to keep, and the SQL in force in it."""
