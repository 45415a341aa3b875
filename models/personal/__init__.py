"""A person's data as a whole: what there is of it, and how it goes (the books stay)."""
