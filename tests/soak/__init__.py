"""Twenty minutes of five runs a second, while things break now and then: `make soak`."""
