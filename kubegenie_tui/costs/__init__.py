"""What a cluster costs and what could be saved: pure functions over its objects, its usage and dated price sheets."""
