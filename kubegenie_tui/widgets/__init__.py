"""What draws: widgets show what they are given and post messages up, so that no test of them needs a cluster."""
