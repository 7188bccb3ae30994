"""The manifests below `deploy/kubernetes`: rendered, held against schemas, and asked who reaches whom."""
