"""Files that people write for the shop: what is wrong in them, where it stands, and how it is mended."""
