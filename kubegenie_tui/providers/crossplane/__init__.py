"""The provider `crossplane`: clusters that Crossplane composes of what its cloud providers manage."""
