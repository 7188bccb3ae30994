"""`make chaos CLUSTER=1`: machines die, hang and are cut off while tills push; what was acknowledged must be there."""
