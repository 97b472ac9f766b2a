"""The families of models, one a module: each imports PyTorch and diffusers, and is imported when one is set up."""
