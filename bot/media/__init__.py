"""Pictures the program makes and takes in: posters with their QR codes, charts, drawn products, merchants' photos."""
