"""The portal's pages, told from published files alone: shown by the service, or written as files."""
