"""How Tuike speaks to people: languages, catalogues, money, time and names."""
