"""What operators add to a cluster: definitions of kinds, the structure of their objects, and who looks after them."""
