"""What draws: widgets show what they are given and post messages upwards, so that they can be tested without a
cluster.
"""
