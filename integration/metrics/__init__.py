"""What Prometheus reads of each process, on an inner port. No label names a customer, and each has few values."""
