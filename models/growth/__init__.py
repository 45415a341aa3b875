"""Growth: how far people are on their level, their teams, and what brings them on."""
