"""What runbooks can do beyond plain Python: read documents, write reports, reach ledgers. Import the one you need."""
