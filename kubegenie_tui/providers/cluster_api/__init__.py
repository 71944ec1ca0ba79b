"""The provider `cluster-api`: clusters that Cluster API makes of a ClusterClass."""
