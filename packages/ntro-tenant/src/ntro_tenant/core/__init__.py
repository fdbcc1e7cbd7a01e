"""What the cell's processes share: the engine, the codec, the recorder."""
