"""The parts of a new bundle."""
