"""Pictures the program makes and takes in: posters with their QR codes, drawn products, merchants' photos."""
