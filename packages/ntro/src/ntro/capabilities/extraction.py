"""The name under which runbooks' descriptions know `ntro.capabilities.ai.extract`."""

from ntro.capabilities.ai import ExtractionResult, extract

__all__ = ["ExtractionResult", "extract"]
