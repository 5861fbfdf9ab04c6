"""Files that people send: taken in only when they are what they may be, and handed out only as downloads."""
