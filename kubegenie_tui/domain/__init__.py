"""What things are: frozen data and pure functions that every room shares and that need nothing but msgspec."""
