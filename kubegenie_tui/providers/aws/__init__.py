"""Amazon's managed Kubernetes: clusters listed, reached, made, and changed. Only this room speaks to AWS."""
