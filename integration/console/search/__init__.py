"""One box for everything: closings, shops, customers, tills, companies, people."""
