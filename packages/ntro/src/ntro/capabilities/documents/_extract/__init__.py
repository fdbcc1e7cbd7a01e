"""Programs that open books and PDFs, each started as a process of its own."""
