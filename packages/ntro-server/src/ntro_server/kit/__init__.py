"""What the pages of both servers share: style sheet, icons, scripts of others, how values are written."""
