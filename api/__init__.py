"""The doors over HTTP: thin endpoints over `rag`, for students, editors and programs."""

from api.app import create_app

__all__ = ["create_app"]
