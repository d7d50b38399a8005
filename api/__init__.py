"""The doors over HTTP; empty until the service is built."""
