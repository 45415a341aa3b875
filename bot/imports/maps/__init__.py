"""Maps of shops that travel with the program."""
