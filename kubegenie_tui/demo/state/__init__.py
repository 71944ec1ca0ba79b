"""What a simulated cluster holds: its clock, the kinds it serves, and its objects with their history of changes."""
