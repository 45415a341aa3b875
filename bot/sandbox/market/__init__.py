"""The simulated market: what the demo opens with, told through the real story."""
